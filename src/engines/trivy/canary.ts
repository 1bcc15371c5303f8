import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { sbomArgs } from './args.ts';
import { readReport, type TrivyReport } from './output.ts';
import { requireSuccess, runTrivy, type TrivyContext } from './process.ts';
import type { ScanServer } from './server.ts';

/**
 * Known-bad objects planted in each run. A scanner that does not find them is manipulated, misconfigured or lacks its data, so "no findings"
 * has no meaning.
 */
export const canaryFile = 'k8s-gate-canary.yaml';
export const canaryRule = 'k8s-gate-canary';
const expectedChecks = ['KSV-0010', 'KSV-0017'];

/** Not a real secret, so that no other scanner reports it; its rule is added to those of Trivy and of the user. */
export const canarySecretRule = {
  id: canaryRule,
  category: 'general',
  title: 'k8s-gate canary',
  severity: 'LOW',
  keywords: [canaryRule],
  regex: `${canaryRule}-[0-9a-f]{32}`,
} as const;

/** A privileged pod with access to the host's processes, and a text that the canary's secret rule matches. */
export function canaryManifest(): string {
  return [
    '"apiVersion": "v1"',
    '"kind": "Pod"',
    '"metadata":',
    '  "name": "canary"',
    '  "annotations":',
    `    "canary": "${canaryRule}-${randomBytes(16).toString('hex')}"`,
    '"spec":',
    '  "hostPID": true',
    '  "containers":',
    '    - "name": "canary"',
    '      "image": "canary.invalid/canary:1"',
    '      "securityContext":',
    '        "privileged": true',
    '',
  ].join('\n');
}

export function requireManifestCanary(report: TrivyReport, scanners: readonly string[]): void {
  const results = (report.Results ?? []).filter((result) => result.Target === canaryFile);
  const checks = results.flatMap((result) => result.Misconfigurations ?? []).filter((found) => found.Status === 'FAIL');
  const missing = expectedChecks.filter((id) => !checks.some((found) => found.ID === id));
  if (scanners.includes('misconfig') && missing.length > 0)
    throw missed(`it did not report ${missing.join(' and ')} for a privileged pod`);
  const secrets = results.flatMap((result) => result.Secrets ?? []);
  if (scanners.includes('secret') && !secrets.some((found) => found.RuleID === canaryRule)) {
    throw missed('it did not find a secret; an allow rule of `engines.trivy.secretConfig` may match every file');
  }
}

/** Log4Shell is in every database; one without Maven advisories is incomplete. */
const canaryVulnerability = 'CVE-2021-44228';
const canarySbom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  components: [
    {
      type: 'library',
      'bom-ref': 'canary',
      group: 'org.apache.logging.log4j',
      name: 'log4j-core',
      version: '2.14.1',
      purl: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    },
  ],
};

/** Scans an SBOM with a known-vulnerable library with the same database as the images. Throws ENGINE_COVERAGE if it is not found. */
export async function requireVulnerabilityCanary(context: TrivyContext, server: ScanServer | undefined): Promise<TrivyReport> {
  const name = server === undefined ? 'canary' : 'canary-server';
  const file = path.join(context.workdir, `${name}.cdx.json`);
  const report = path.join(context.folders.reports, `${name}.json`);
  await context.ports.files.write(file, JSON.stringify(canarySbom));
  const what = 'scan of the planted vulnerability';
  const args = sbomArgs(context.folders, { file, report, server: server?.url });
  requireSuccess(await runTrivy(context, args, server ?? { network: 'none' }), what);
  const found = await readReport(context.ports.files, report, what);
  const ids = (found.Results ?? []).flatMap((result) => result.Vulnerabilities ?? []).map((entry) => entry.VulnerabilityID);
  if (!ids.includes(canaryVulnerability)) throw missed(`it did not report ${canaryVulnerability} for log4j-core 2.14.1`);
  return found;
}

function missed(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `Trivy missed the canary: ${what}`,
    expected: 'every planted defect to be found in every run',
    next: "Check Trivy's binary, its database mirror and its secret rules: its other results cannot be trusted either.",
  });
}
