import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { distFile } from '../support/dist.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

it('examples/trust gets the findings that its page states', () => {
  const report = path.join(emptyFolder(), 'verdict.json');
  const cli = process.env.K8S_GATE_TEST_CLI ?? distFile('cli/index.js');
  execFileSync(process.execPath, [path.join(root, 'examples/trust/run.mjs'), cli, '--output', `json=${report}`]);
  const { outcome, findings } = JSON.parse(readFileSync(report, 'utf8'));
  const found = findings.map(
    ({ rule, subject }: { readonly rule: string; readonly subject: { readonly reference?: string } }) =>
      `${rule} ${subject.reference?.replace(/^[^/]+\//, '')}`,
  );
  expect(outcome).toBe('block');
  expect(found.toSorted()).toEqual([
    'no-rule other/cache:1.0',
    'unsigned shop/migrate:1.0',
    'untrusted-provenance shop/api:1.0',
    'untrusted-signer shop/worker:1.0',
  ]);
});
