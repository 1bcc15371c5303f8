import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { sbomArgs } from './args.ts';
import { readReport, type TrivyReport } from './output.ts';
import { requireSuccess, runTrivy, type TrivyContext } from './process.ts';
import type { ScanServer } from './server.ts';

/**
 * Known-bad things that are planted in each run. A scanner that does not find them is neutered, misconfigured or without
 * its data, and its "no findings" is worth nothing.
 */
export const canaryFile = 'k8s-gate-canary.yaml';
export const canaryRule = 'k8s-gate-canary';
const expectedChecks = ['KSV-0010', 'KSV-0017'];

/** No real secret, so that no other scanner stumbles over it; its rule is added to those of Trivy and of the user. */
export const canarySecretRule = {
  id: canaryRule,
  category: 'general',
  title: 'k8s-gate canary',
  severity: 'LOW',
  keywords: [canaryRule],
  regex: `${canaryRule}-[0-9a-f]{32}`,
} as const;

/** A privileged pod that sees the host's processes, with a text the canary's secret rule matches. */
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
    throw missed(`a privileged pod did not yield ${missing.join(' and ')}`);
  const secrets = results.flatMap((result) => result.Secrets ?? []);
  if (scanners.includes('secret') && !secrets.some((found) => found.RuleID === canaryRule)) {
    throw missed('a planted secret was not found; an allow rule of `engines.trivy.secretConfig` may cover every file');
  }
}

/** Log4Shell: in every database there is, and a database without the Maven advisories is cut down. */
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

/** Scans an SBOM with a known-vulnerable library by the same database as the images. Throws ENGINE_COVERAGE where it is not found. */
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
  if (!ids.includes(canaryVulnerability)) throw missed(`log4j-core 2.14.1 did not yield ${canaryVulnerability}`);
  return found;
}

function missed(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `Trivy missed what was planted: ${what}`,
    expected: 'each planted defect to be found in each run',
    next: "Check Trivy's binary, its database mirror and its secret rules: it can't be trusted to find anything else.",
  });
}
