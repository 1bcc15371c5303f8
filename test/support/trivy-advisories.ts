/** One known weakness of one package, as Trivy's database holds it. All are real: ids, packages and fixed versions. */
export interface Advisory {
  readonly id: string;
  readonly source: Source;
  readonly packageName: string;
  readonly advisory: object;
  readonly vulnerability: object;
}
interface Source {
  readonly bucket: string;
  readonly origin: { readonly ID: string; readonly Name: string; readonly URL: string };
}

const alpine: Source = {
  bucket: 'alpine 3.22',
  origin: { ID: 'alpine', Name: 'Alpine Secdb', URL: 'https://secdb.alpinelinux.org/' },
};
const debian: Source = {
  bucket: 'debian 12',
  origin: {
    ID: 'debian',
    Name: 'Debian Security Tracker',
    URL: 'https://salsa.debian.org/security-tracker-team/security-tracker',
  },
};
const ghsa = (ecosystem: string, name: string): Source => ({
  bucket: `${ecosystem}::GitHub Security Advisory ${name}`,
  origin: {
    ID: 'ghsa',
    Name: `GitHub Security Advisory ${name}`,
    URL: `https://github.com/advisories?query=type%3Areviewed+ecosystem%3A${ecosystem}`,
  },
});

/** Severity in trivy-db: 1 low, 2 medium, 3 high, 4 critical. */
function describe(title: string, source: string, severity: number, id: string): object {
  return {
    Title: title,
    Description: title,
    Severity: ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'][severity],
    VendorSeverity: { [source]: severity },
    References: [`https://nvd.nist.gov/vuln/detail/${id}`],
  };
}

/** The library that the engine's own canary names: a database without it is refused. */
export const canaryAdvisory: Advisory = {
  id: 'CVE-2021-44228',
  source: ghsa('maven', 'Maven'),
  packageName: 'org.apache.logging.log4j:log4j-core',
  advisory: {
    PatchedVersions: ['2.15.0', '2.3.1', '2.12.2'],
    VulnerableVersions: ['>=2.13.0, <2.15.0', '>=2.0-beta9, <2.3.1', '>=2.4, <2.12.2'],
  },
  vulnerability: describe(
    'log4j-core: Remote code execution in Log4j 2.x when logs contain an attacker-controlled string value',
    'ghsa',
    4,
    'CVE-2021-44228',
  ),
};

export const advisories: readonly Advisory[] = [
  canaryAdvisory,
  {
    id: 'CVE-2025-9230',
    source: alpine,
    packageName: 'openssl',
    advisory: { FixedVersion: '3.5.4-r0' },
    vulnerability: describe('openssl: Out-of-bounds read & write in RFC 3211 KEK Unwrap', 'nvd', 3, 'CVE-2025-9230'),
  },
  {
    id: 'CVE-2023-4863',
    source: debian,
    packageName: 'libwebp',
    advisory: { FixedVersion: '1.2.4-0.2+deb12u1' },
    vulnerability: describe('libwebp: Heap buffer overflow in WebP Codec', 'nvd', 3, 'CVE-2023-4863'),
  },
  {
    id: 'CVE-2021-44906',
    source: ghsa('npm', 'npm'),
    packageName: 'minimist',
    advisory: { PatchedVersions: ['1.2.6', '0.2.4'], VulnerableVersions: ['>=1.0.0, <1.2.6', '<0.2.4'] },
    vulnerability: describe('minimist: prototype pollution', 'ghsa', 4, 'CVE-2021-44906'),
  },
  {
    id: 'CVE-2023-32681',
    source: ghsa('pip', 'pip'),
    packageName: 'requests',
    advisory: { PatchedVersions: ['2.31.0'], VulnerableVersions: ['>=2.3.0, <2.31.0'] },
    vulnerability: describe('python-requests: Unintended leak of Proxy-Authorization header', 'ghsa', 2, 'CVE-2023-32681'),
  },
];
