import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/commands/check.ts';
import { createConsoleLog } from '../../src/ports/console-log.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { readReport } from '../../src/reports/json/read.ts';
import { commandContext } from '../support/command-context.ts';
import { commit, repository } from '../support/git-repository.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

const node = createNodePorts({ log: createConsoleLog({ write: () => {}, debug: false }), env: process.env });
const now = new Date('2026-11-28T12:00:00Z');

/** The verdict on a commit, compared with its base. */
async function check(cwd: string, base: string | undefined, engines: string) {
  const file = path.join(emptyFolder(), 'report.json');
  const ports = { ...node, clock: { ...node.clock, now: () => now } };
  const { context } = commandContext(cwd, { env: { HOME: emptyFolder() }, ports, cores: 2 });
  const args = ['--engines', engines, '--output', `json=${file}`, ...(base === undefined ? [] : ['--base', base])];
  await checkCommand.run(args, context);
  const { verdict } = readReport(readFileSync(file, 'utf8'), file);
  return {
    outcome: verdict.outcome,
    errors: verdict.errors.map(({ message }) => message),
    found: verdict.findings.map(({ finding, action }) => `${action} ${finding.severity} ${finding.engine}/${finding.rule}`),
    because: Object.fromEntries(verdict.findings.map(({ finding, because }) => [finding.rule, because])),
  };
}
const pod = (image: string) => `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web, image: "${image}", securityContext: { privileged: true } }] }
`;
const kev = (...ids: readonly string[]) =>
  JSON.stringify({
    dateReleased: '2026-11-27T10:00:00.0Z',
    count: 1_500,
    vulnerabilities: Array.from({ length: 1_500 }, (_, index) => ({
      cveID: ids[index] ?? `CVE-2019-${10_000 + index}`,
      dateAdded: '2026-03-01',
    })),
  });
const scan = (...ids: readonly string[]) =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Grype', rules: ids.map((id) => ({ id, properties: { 'security-severity': '9.8' } })) } },
        results: ids.map((ruleId) => ({
          ruleId,
          message: { text: `${ruleId} in a library` },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'web.yaml' }, region: { startLine: 1 } } }],
        })),
      },
    ],
  });

describe('a change that lowers severities', () => {
  it('is judged by the base, and reported', async () => {
    const folder = repository();
    const base = commit(folder, { 'web.yaml': pod('a:1'), '.k8s-gate.yaml': 'version: 1\n' });
    commit(folder, {
      'web.yaml': pod('b:1'),
      '.k8s-gate.yaml':
        'version: 1\nrules: { "cel/*": low }\nseverity: { critical: { block: { kev: true }, otherwise: allow } }\n',
    });
    const { outcome, found } = await check(folder, base, 'cel');
    expect(outcome).toBe('block');
    expect(found.filter((line) => line === 'block critical gate/config-loosened')).toHaveLength(2);
    expect(found).toContain('block critical cel/privileged');
  });

  it('is in force once it is merged, for the rules that it names', async () => {
    const folder = repository();
    commit(folder, {
      'web.yaml': pod('a:1'),
      '.k8s-gate.yaml': 'version: 1\nrules: { "cel/*": low, cel/no-latest-tag: medium }\n',
    });
    const { outcome, found } = await check(folder, undefined, 'cel');
    expect(outcome).toBe('pass');
    expect(found).toContain('allow low cel/privileged');
  });
});

describe('conditions', () => {
  const config = `version: 1
severity: { critical: { block: { kev: true } } }
risk: { kev: { file: kev.json } }
engines: { sarif: { files: [scan.sarif] } }
`;

  it('block what the base knows to be exploited, whatever the change makes of its list', async () => {
    const folder = repository();
    const base = commit(folder, { 'web.yaml': pod('a:1'), '.k8s-gate.yaml': config, 'kev.json': kev('CVE-2024-3094') });
    commit(folder, { 'web.yaml': pod('b:1'), 'kev.json': kev() });
    writeFileSync(path.join(folder, 'scan.sarif'), scan('CVE-2024-3094', 'CVE-2024-0002'));
    const { found, because } = await check(folder, base, 'sarif');
    expect(found).toContain('block critical sarif/CVE-2024-3094');
    expect(found).toContain('warn critical sarif/CVE-2024-0002');
    expect(because).toMatchObject({
      'CVE-2024-3094': 'known to be exploited (KEV since 2026-03-01)',
      'CVE-2024-0002': 'not known to be exploited (KEV)',
    });
  });

  it('block everything that they could be about while the list is missing, which is reported, and misconfigurations in any case', async () => {
    const folder = repository();
    commit(folder, { 'web.yaml': pod('a:1'), '.k8s-gate.yaml': config, 'scan.sarif': scan('CVE-2024-0002') });
    const { found, because } = await check(folder, undefined, 'sarif,cel');
    expect(found).toContain('block critical sarif/CVE-2024-0002');
    expect(found).toContain('block critical cel/privileged');
    expect(found).toContain('warn unknown gate/risk-data');
    expect(because).toMatchObject({ 'CVE-2024-0002': 'unknown whether it is exploited, which counts as yes' });
    expect(because.privileged).toBeUndefined();
  });
});
