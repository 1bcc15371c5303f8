import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { refusal } from '../../test/support/policy-bench.ts';
import type { Command, ProcessResult } from '../ports/ports.ts';
import { gatekeeperSuites } from './policy-tests/gatekeeper.ts';

const suite = `kind: Suite
apiVersion: test.gatekeeper.sh/v1alpha1
tests:
- name: owner
  template: t.yaml
  constraint: c.yaml
  cases: [{name: allowed, object: a.yaml}, {name: rejected, object: b.yaml}]
- name: key
  template: t.yaml
  constraint: d.yaml
  cases: [{name: missing, object: b.yaml}]
`;
/** Of gator 3.23.1. */
const passed = `=== RUN   owner
    === RUN   allowed
    --- PASS: allowed\t(0.047s)
    === RUN   rejected
    --- PASS: rejected\t(0.023s)
--- PASS: owner\t(0.126s)
=== RUN   key
    === SKIP  missing
--- PASS: key\t(0.028s)
ok\tsuite.yaml\t0.154s
PASS

`;
const failed = passed
  .replace(
    '--- PASS: allowed\t(0.047s)',
    '--- FAIL: allowed\t(0.047s)\n        unexpected number of violations: got 0\n--- PASS: x',
  )
  .replace('--- PASS: owner', '--- FAIL: owner')
  .replace('ok\t', 'FAIL\t')
  .replace('PASS\n\n', 'FAIL\n\n');

const tool = { id: 'gatekeeper', path: '/nowhere/gator', version: '3.23.1' };
function run(reply: Partial<ProcessResult>, text = suite) {
  const commands: Command[] = [];
  const processes = {
    ...nodePorts.processes,
    run: (command: Command): Promise<ProcessResult> => {
      commands.push(command);
      return Promise.resolve({ exitCode: 0, signal: undefined, end: 'exited', stdout: '', stderr: '', durationMs: 1, ...reply });
    },
  };
  const context = { ports: { ...nodePorts, processes }, signal: new AbortController().signal };
  return { commands, results: gatekeeperSuites.run({ root: '/repo', path: 'suite.yaml', text }, tool, context) };
}
const lines = async (reply: Partial<ProcessResult>, text = suite) =>
  (await run(reply, text).results).map(
    ({ name, status, detail }) => `${status} ${name}${detail === undefined ? '' : `: ${detail}`}`,
  );

describe('suites of Gatekeeper', () => {
  it('have a result for each case', async () => {
    const { commands, results } = run({ stdout: passed });
    expect((await results).map(({ name, status }) => `${status} ${name}`)).toEqual([
      'passed owner/allowed',
      'passed owner/rejected',
      'skipped key/missing',
    ]);
    expect(commands[0]).toMatchObject({ args: ['verify', '/repo/suite.yaml', '-v'], network: 'none' });
  });

  it('fail with the reason, whatever a message contains', async () => {
    expect(await lines({ exitCode: 1, stdout: failed })).toEqual([
      'failed owner/allowed: unexpected number of violations: got 0',
      'passed owner/rejected',
      'skipped key/missing',
    ]);
  });

  it.each<[string, Partial<ProcessResult>, string]>([
    ['exit code 1 without a failed case', { exitCode: 1, stdout: passed }, 'the report of gator is incomplete'],
    ['exit code 0 with a failed case', { exitCode: 0, stdout: failed }, 'the report of gator is incomplete'],
    ['a case that is missing', { stdout: passed.replaceAll('rejected', 'other') }, 'gator did not report on it'],
    ['half a report', { stdout: passed.slice(0, 90) }, 'gator did not report on it'],
  ])('fail because of %s', async (_what, reply, detail) => {
    expect((await lines(reply)).join()).toContain(detail);
  });

  it.each<[string, string]>([
    ['no tests', suite.replace('tests:', 'test:')],
    ['a test without cases', suite.replaceAll(/cases: .*/g, 'case: []')],
  ])('fail with %s, which gator passes', async (_what, text) => {
    expect((await lines({ stdout: 'ok\tsuite.yaml\t0.1s\nPASS\n\n' }, text)).every((line) => line.startsWith('failed'))).toBe(
      true,
    );
  });

  it.each<[string, Partial<ProcessResult>]>([
    ['nothing', { exitCode: 1, stderr: 'Error: listing test files: invalid yaml' }],
    ['a crash', { exitCode: 2, stdout: passed }],
    ['a kill', { exitCode: undefined, signal: 'SIGKILL', stdout: passed }],
    ['no end', { end: 'timeout', exitCode: undefined }],
  ])('are an error after %s', async (_what, reply) => {
    expect((await refusal(run(reply).results)).code).toBe('ENGINE_FAILED');
  });

  it('are recognized by what they contain', () => {
    const isTest = (text: string, name = 'a.yaml') => gatekeeperSuites.isTest({ root: '/', path: name, text });
    expect(isTest(suite)).toBe(true);
    expect(isTest(suite, 'a.md')).toBe(false);
    expect(isTest(readFileSync(path.join(import.meta.dirname, '../../examples/policies/gatekeeper/suite.yaml'), 'utf8'))).toBe(
      true,
    );
    expect(isTest('apiVersion: v1\nkind: Suite\n')).toBe(false);
  });
});
