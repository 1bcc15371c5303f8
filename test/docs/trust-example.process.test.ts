import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { distFile } from '../support/dist.ts';
import { startOciRegistry } from '../support/oci-registry.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { goVersion, pushTrivyDb } from '../support/trivy-db.ts';

afterAll(removeTempFolders);

const run = promisify(execFile);
const tool = await installedTool('trivy');
const missing = [tool ? '' : 'trivy', goVersion() === undefined ? 'go' : ''].filter(Boolean);

/** Runs the example; the findings are `rule image`, sorted. */
async function example(...args: readonly string[]) {
  const report = path.join(emptyFolder(), 'verdict.json');
  const cli = process.env.K8S_GATE_TEST_CLI ?? distFile('cli/index.js');
  const script = path.join(root, 'examples/trust/run.mjs');
  const { stdout } = await run(process.execPath, [script, cli, '--output', `json=${report}`, ...args]);
  const { outcome, findings } = JSON.parse(readFileSync(report, 'utf8'));
  const found: readonly string[] = findings.map(
    ({ rule, subject }: { readonly rule: string; readonly subject: { readonly reference?: string } }) =>
      `${rule} ${subject.reference?.replace(/^[^/]+\//, '')}`,
  );
  return { stdout, outcome, found: found.toSorted() };
}

const expected = [
  'no-rule other/cache:1.0',
  'unsigned shop/migrate:1.0',
  'untrusted-provenance built/api:1.0',
  'untrusted-signer shop/worker:1.0',
  'untrusted-signer team/mail:1.0',
];

describe('examples/trust', () => {
  it('gets the findings that its page states', { timeout: 60_000 }, async () => {
    const { outcome, found } = await example();
    expect([outcome, found]).toEqual(['block', expected]);
    const page = readFileSync(path.join(root, 'examples/trust/README.md'), 'utf8');
    const stated = [...page.matchAll(/^\| `([\w/]+)`.*\| `signatures\/([\w-]+)`/gm)].map(
      ([, image, rule]) => `${rule} ${image}:1.0`,
    );
    expect(stated.toSorted()).toEqual(expected);
  });

  const skipped = missing.length > 0 ? ` (skipped: no ${missing.join(', ')})` : '';
  it.skipIf(missing.length > 0)(
    `scans the attested SBOM and does not pull its image${skipped}`,
    { timeout: 60_000 },
    async () => {
      const registry = await startOciRegistry();
      try {
        const cache = emptyFolder();
        const database = await pushTrivyDb({ host: registry.host, repository: 'trivy-db' });
        const download = ['image', '--download-db-only', '--db-repository', database, '--cache-dir', path.join(cache, 'trivy')];
        await run(tool?.path ?? '', [...download, '--quiet']);
        const trivy = ['--engines', 'schema,signatures,trivy', '--tool', `trivy=${tool?.path}`, '--cache-dir', cache];
        const { stdout, found } = await example(...trivy);
        expect(found).toEqual(['CVE-2021-44228 built/report:1.0', ...expected]);
        expect(stdout).toContain('built/report was not pulled: its attested SBOM was scanned.');
      } finally {
        await registry.stop();
      }
    },
  );
});
