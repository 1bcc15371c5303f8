import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kubeBenchEngine } from '../../src/engines/kube-bench/engine.ts';
import { answering, judgeWith, type LintBench } from '../support/lint-bench.ts';
import { manifestSet } from '../support/model.ts';
import { errorsOf, refusal, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

/** Recorded with kube-bench 0.15.6, built from its source at that tag, on a machine without a cluster; some checks only (`--check`). */
const recorded = (name: string) =>
  readFileSync(path.join(import.meta.dirname, `../fixtures/kube-bench/${name}.0.15.6.json`), 'utf8');
const result = recorded('run');
const take = (content: string, bench: Partial<LintBench> & { readonly options?: object } = {}) =>
  judgeWith(kubeBenchEngine, {
    ...bench,
    files: { 'out/bench.json': content, ...bench.files },
    options: { results: ['out/*.json'], ...bench.options },
  });
const live = { results: [], run: true, benchmark: 'cis-1.11', path: process.execPath };

describe('kube-bench engine', () => {
  afterAll(removeTempFolders);

  it('imports a result', async () => {
    const run = await take(result);
    expect(run.findings.map(({ rule, severity, category }) => `${rule} ${severity} ${category}`)).toEqual([
      '1.1.9 low benchmark',
      '1.1.20 low benchmark',
      '1.2.1 low benchmark',
      '1.2.2 high benchmark',
      '5.1.1 low benchmark',
    ]);
    expect(run.findings[3]).toMatchObject({ subject: { kind: 'cluster', node: 'master (out/bench.json)' } });
    expect(run.findings[3]?.fix?.text).toMatch(/\S/);
    expect(run.coverage).toEqual([{ target: { kind: 'file', file: 'out/bench.json' }, status: 'evaluated' }]);
    expect(run.notes).toEqual([
      'out/bench.json: 0 passed, 1 failed, 4 to check manually',
      'out/bench.json: no test was run for etcd, controlplane, node',
    ]);
  });

  it('reads a result with a byte order mark', async () => {
    expect((await take(`\uFEFF${result}`)).findings).toHaveLength(5);
  });

  it('takes the severity of the user, then of the rule where it failed', async () => {
    const severities = 'kube-bench: {default: {FAIL: medium, WARN: low}, rules: {"1.2.1": critical, "1.2.2": critical}}';
    const run = await take(result, { severities, options: { severity: { '5.1.1': 'high' } } });
    expect(summary(run.findings)).toEqual([
      '1.1.20 low cluster',
      '1.1.9 low cluster',
      '1.2.1 low cluster',
      '1.2.2 critical cluster',
      '5.1.1 high cluster',
    ]);
  });

  it.each<[string, string, Pick<LintBench, 'ageDays'>, string, RegExp]>([
    ['too old', result, { ageDays: 8 }, 'RESULT_STALE', /not older than 7d/],
    ['from the future', result, { ageDays: -2 }, 'RESULT_STALE', /in the future/],
    ['empty', '', {}, 'ENGINE_OUTPUT_INVALID', /empty/],
    ['cut', result.slice(0, -30), {}, 'ENGINE_OUTPUT_INVALID', /JSON/],
    [
      'without controls',
      '{"Controls":null,"Totals":{"total_pass":0,"total_fail":0,"total_warn":0,"total_info":0}}',
      {},
      'ENGINE_OUTPUT_INVALID',
      /no controls/,
    ],
    ['of no test', recorded('nothing'), {}, 'ENGINE_OUTPUT_INVALID', /nothing was tested/],
    ['without totals', '[]', {}, 'ENGINE_OUTPUT_INVALID', /with totals/],
    [
      'with a failure less',
      result.replace('"status":"FAIL"', '"status":"PASS"'),
      {},
      'ENGINE_OUTPUT_INVALID',
      /state .*1 fail.*contain 1 pass/,
    ],
    ['with a state of tomorrow', result.replace('"status":"FAIL"', '"status":"MAYBE"'), {}, 'ENGINE_OUTPUT_INVALID', /status/],
    [
      'with wrong totals',
      result.replace(/"Totals":\{"total_pass":0,"total_fail":1/, '"Totals":{"total_pass":1,"total_fail":0'),
      {},
      'ENGINE_OUTPUT_INVALID',
      /totals state/,
    ],
  ])('does not take a result %s for a clean one', async (_what, content, bench, code, message) => {
    const run = await take(content, bench);
    expect(run.findings).toEqual([]);
    expect(run.coverage[0]?.status).toBe('failed');
    expect(errorsOf(run)[0]).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('never follows a symlink, and still judges the file next to it', async () => {
    const run = await take(result, { files: { 'out/link.json': { link: 'bench.json' } } });
    expect(run.coverage.map(({ status }) => status)).toEqual(['evaluated', 'failed']);
    expect(errorsOf(run)[0]?.message).toMatch(/out\/link\.json: a symlink cannot be read/);
  });

  it('refuses a glob that names no file', async () => {
    const error = await refusal(take(result, { options: { results: ['out/*.json', 'results/node-*.json'] } }));
    expect(error.message).toMatch(/no file matches "results\/node-\*\.json" of `engines\.kube-bench\.results`/);
  });

  it.each(['/etc/passwd', '../x.json', 'a/../../b'])('refuses the path %s', (file) => {
    expect(() => kubeBenchEngine.options.parse({ results: [file] })).toThrow(/inside the repository/);
  });

  it('has nothing to do where nothing is named', () => {
    expect(kubeBenchEngine.notApplicable(manifestSet(), kubeBenchEngine.options.parse({}))).toMatch(
      /neither .results. nor .run. is configured/,
    );
    expect(kubeBenchEngine.tool).toBeUndefined();
  });

  it('runs kube-bench where asked', async () => {
    const seen: (readonly string[])[] = [];
    const ports = answering(({ args }) => {
      seen.push(args);
      return { stdout: args[0] === 'version' ? '0.15.6\n' : result };
    });
    const run = await judgeWith(kubeBenchEngine, {
      ports,
      options: { ...live, configDir: '/opt/cfg', targets: ['master', 'node'] },
    });
    expect(seen[1]).toEqual(['run', '--json', '--config-dir', '/opt/cfg', '--benchmark', 'cis-1.11', '--targets', 'master,node']);
    expect(run).toMatchObject({
      version: '0.15.6',
      coverage: [{ target: { kind: 'cluster', node: 'this node' }, status: 'evaluated' }],
    });
    expect(run.notes[0]).toMatch(/not verified against tools\.lock\.json/);
    expect(run.findings[0]?.subject).toEqual({ kind: 'cluster', node: 'master (this node)' });
  });

  it.each<[string, Parameters<typeof answering>[0], string, object]>([
    ['an error', () => ({ exitCode: 1, stderr: 'unable to determine benchmark version' }), 'ENGINE_FAILED', {}],
    ['no output', () => ({}), 'ENGINE_OUTPUT_INVALID', {}],
    ['no end', () => ({ end: 'timeout' }), 'ENGINE_TIMEOUT', {}],
    [
      'no cluster to ask',
      () => ({ stdout: result, stderr: 'Warning: Kubernetes version was not auto-detected because' }),
      'ENGINE_FAILED',
      { benchmark: undefined },
    ],
    ['nothing at the path', () => ({ stdout: result }), 'TOOL_UNAVAILABLE', { path: '/nowhere/kube-bench' }],
    ['nothing on the PATH', () => ({ stdout: result }), 'TOOL_UNAVAILABLE', { path: undefined }],
  ])('fails for a run with %s', async (_what, reply, code, options) => {
    const error = await refusal(judgeWith(kubeBenchEngine, { ports: answering(reply), options: { ...live, ...options } }));
    expect(error.code).toBe(code);
  });

  it('keeps the results of a file if the run next to it fails', async () => {
    const run = await take(result, { ports: answering(() => ({})), options: { run: true } });
    expect(run.findings).toHaveLength(5);
    expect(run.coverage.map(({ status }) => status)).toEqual(['evaluated', 'failed']);
  });
});
