import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runMeasures } from '../../bench/bench.ts';
import { choose } from '../../bench/main.ts';
import { differences, saidByConftest, saidByKyverno } from '../../bench/measures/said.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, [path.join(root, 'bench', 'run.mjs'), ...args], { encoding: 'utf8' });

function output(text: string): { readonly stdoutFile: string } {
  const stdoutFile = path.join(emptyFolder(), 'stdout');
  writeFileSync(stdoutFile, text);
  return { stdoutFile };
}

afterAll(removeTempFolders);

describe('npm run bench', () => {
  it('measures a part, prints the table and writes the page that was asked for', () => {
    const docs = path.join(root, 'docs', 'performance.md');
    const before = existsSync(docs) ? readFileSync(docs, 'utf8') : undefined;
    const file = path.join(emptyFolder(), 'performance.md');
    const { status, stdout, stderr } = bench('--quick', '--only', 'd', '--write', file);
    expect([status, stderr.split('\n')[0]]).toEqual([0, '(d) cold start, and size of what is downloaded']);
    expect(stdout).toMatch(/^d {2}start of the command, .* {2}\d+ ms \(node -e 0\) .*at most 120 ms {2}(met|missed)$/m);
    expect(readFileSync(file, 'utf8')).toMatch(/^\| d \| size of dist\/cli \|.*\| at most 4 MB \| (met|missed) \|$/m);
    expect(existsSync(docs) ? readFileSync(docs, 'utf8') : undefined).toBe(before);
  });

  it('refuses a part that there is not', () => {
    const { status, stderr } = bench('--only', 'd,x');
    expect(status).toBe(1);
    expect(stderr).toContain('there is no measurement `x`; expected some of a,b,c,d,e,f');
  });

  it('takes parts in the order of the table', () => {
    expect(choose('d, b').map(({ id }) => id)).toEqual(['b', 'd']);
  });

  it('reports a measurement that failed, and runs the others', async () => {
    const measure = (id: string, run: () => Promise<readonly []>) => ({ id, title: id, how: '', run });
    const broken = measure('x', () => Promise.reject(new Error('no registry')));
    const tools = { engines: {}, kubeLinter: undefined, versions: {}, conftest: missing, checkov: missing, kubeconform: missing };
    const sections = await runMeasures([broken, measure('y', () => Promise.resolve([]))], {
      quick: true,
      folder: emptyFolder(),
      tools,
      say: () => {},
    });
    expect(sections.map(({ rows }) => rows)).toEqual([[{ kind: 'broken', what: 'x', reason: 'Error: no registry' }], []]);
  });
});

const missing = () => ({ missing: 'not here' });

describe('the refusals of each tool', () => {
  const refused = new Set(['privileged Deployment shop/web']);

  it('is read from conftest', () => {
    const failure = { msg: 'privileged', metadata: { policy: 'privileged', resource: 'Deployment shop/web' } };
    expect(saidByConftest(output(JSON.stringify([{ filename: 'a', failures: [failure] }, { filename: 'b' }])))).toEqual(refused);
  });

  it('is read from Kyverno, among its other lines', () => {
    const resources = [{ kind: 'Deployment', namespace: 'shop', name: 'web' }];
    const results = [
      { policy: 'privileged', result: 'fail', resources },
      { policy: 'host-path', result: 'pass', resources },
    ];
    const text = `Applying 2 rules\n${JSON.stringify({ kind: 'ClusterReport', results })}\n`;
    expect(saidByKyverno(output(text))).toEqual(refused);
    expect(() => saidByKyverno(output('Applying 0 rules\n'))).toThrow('no report');
  });

  it('is compared both ways', () => {
    expect(differences(refused, refused)).toEqual([]);
    expect(differences(refused, new Set(['host-path Pod a/b']))).toEqual([
      'only the gate: privileged Deployment shop/web',
      'only the other: host-path Pod a/b',
    ]);
  });
});
