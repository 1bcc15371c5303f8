import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../../test/support/node-ports.ts';
import { refusal } from '../../../test/support/policy-bench.ts';
import type { Command, ProcessResult } from '../../ports/ports.ts';
import { kyvernoTests } from './kyverno.ts';

const test = `apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: limits}
policies: [../require-limits.yaml]
resources: [pods.yaml]
results:
  - {policy: require-limits, rule: limits, kind: Pod, resources: [good], result: pass}
  - {policy: require-limits, rule: limits, kind: Pod, resources: [default/bad], result: fail}
`;
/** From a folder with this test, and with one in a folder below that expects the opposite for `bad`. */
const stdout = readFileSync(path.join(import.meta.dirname, '../../../test/fixtures/kyverno/test.1.19.1.txt'), 'utf8');
const recorded: Partial<ProcessResult> = { exitCode: 1, stdout, stderr: 'Error: 1 tests failed' };

const tool = { id: 'kyverno', path: '/nowhere/kyverno', version: '1.19.1' };
function run(reply: Partial<ProcessResult>, text = test, file = 'tests/kyverno-test.yaml') {
  const commands: Command[] = [];
  const processes = {
    ...nodePorts.processes,
    run: (command: Command): Promise<ProcessResult> => {
      commands.push(command);
      return Promise.resolve({ exitCode: 0, signal: undefined, end: 'exited', stdout: '', stderr: '', durationMs: 1, ...reply });
    },
  };
  const context = { ports: { ...nodePorts, processes }, signal: new AbortController().signal };
  return { commands, results: kyvernoTests.run({ root: '/repo/policies', path: file, text }, tool, context) };
}
const lines = async (reply: Partial<ProcessResult>, text?: string, file?: string) =>
  (await run(reply, text, file).results).map(
    ({ name, status, detail }) => `${status} ${name}${detail === undefined ? '' : `: ${detail}`}`,
  );

describe('tests of Kyverno', () => {
  it('have a result for each resource, whatever tests in folders below have', async () => {
    const { commands, results } = run(recorded);
    expect((await results).map(({ name, status }) => `${status} ${name}`)).toEqual([
      'passed require-limits/limits v1/Pod/default/good',
      'passed require-limits/limits v1/Pod/default/bad',
    ]);
    expect(commands[0]).toMatchObject({ network: 'none', cwd: '/repo/policies' });
    expect(commands[0]?.args.slice(0, 4)).toEqual(['test', '/repo/policies/tests', '--file-name', 'kyverno-test.yaml']);
    expect(commands[0]?.args.join(' ')).not.toMatch(/--registry|--fail-only|--test-case-selector/);
  });

  it('fail with the reason', async () => {
    expect(await lines(recorded, test, 'tests/below/kyverno-test.yaml')).toEqual([
      'passed require-limits/limits v1/Pod/default/good',
      'failed require-limits/limits v1/Pod/default/bad: Want pass, got fail',
    ]);
  });

  it.each<[string, string, string]>([
    ['a resource', '[good]', '[god]'],
    ['a resource of a specification', 'resources: [good]', 'resourceSpecs: [{name: god}]'],
    ['a rule', 'rule: limits, kind: Pod, resources: [good]', 'rule: limit, kind: Pod, resources: [good]'],
    ['a policy', '{policy: require-limits', '{policy: require-limit'],
    ['a policy without resources', '{policy: require-limits, rule: limits, kind: Pod, resources: [good]', '{policy: other'],
  ])('fail with %s that Kyverno does not find and leaves out', async (_what, from, to) => {
    const all = await lines(recorded, test.replace(from, to));
    expect(all.filter((line) => line.startsWith('failed'))).toEqual([expect.stringContaining('did not report on it')]);
  });

  it('accept the generated rules of controllers, the rows of CEL, and what a rule generates', async () => {
    const rule = { stdout: stdout.replaceAll('"RULE": "limits"', '"RULE": "autogen-cronjob-limits"') };
    expect((await lines({ ...recorded, ...rule })).every((line) => line.startsWith('passed'))).toBe(true);
    const cel = { stdout: stdout.replaceAll('"RULE": "limits"', '"RULE": ""') };
    expect((await lines({ ...recorded, ...cel })).every((line) => line.startsWith('passed'))).toBe(true);
    const generated = test.replace('resources: [good]', 'resources: [trigger], generatedResource: good.yaml');
    expect((await lines(recorded, generated)).every((line) => line.startsWith('passed'))).toBe(true);
  });

  it.each<[string, Partial<ProcessResult>]>([
    ['exit code 0 with a failed row', { exitCode: 0 }],
    ['a row less than counted', { stdout: stdout.replace('"RESULT": "Fail"', '"RESULT": "Pass"') }],
  ])('fail because of %s', async (_what, reply) => {
    expect((await lines({ ...recorded, ...reply })).join()).toContain('the report of kyverno is incomplete');
  });

  it('fail without results, which Kyverno passes', async () => {
    expect(await lines(recorded, test.slice(0, test.indexOf('results:')))).toEqual(['failed the test: it contains no results']);
  });

  it.each<[string, Partial<ProcessResult>]>([
    ['nothing', { stdout: '', stderr: 'Error: found 1 errors after loading tests' }],
    ['half a report', { stdout: stdout.slice(0, -80) }],
    ['rows that are not rows', { stdout: stdout.replaceAll('"RESULT"', '"OUTCOME"') }],
    ['another file only', { stdout: stdout.replaceAll('tests/kyverno-test', 'tests/other') }],
    ['a crash', { exitCode: 2 }],
    ['a kill', { exitCode: undefined, signal: 'SIGKILL' }],
    ['no end', { exitCode: undefined, end: 'timeout' }],
  ])('are an error after %s', async (_what, reply) => {
    expect((await refusal(run({ ...recorded, ...reply }).results)).code).toBe('ENGINE_FAILED');
  });

  it.each([
    ['a list', 'results: x\n'],
    ['two documents', `${test}---\n${test}`],
  ])('are an error with %s', async (_what, text) => {
    expect((await refusal(run(recorded, text).results)).code).toBe('POLICY_INVALID');
  });

  it('are recognized by their name, as Kyverno does', () => {
    const isTest = (name: string) => kyvernoTests.isTest({ root: '/', path: name, text: test });
    expect(['a/kyverno-test.yaml', 'disabled-test.yaml', 'values.yaml'].map(isTest)).toEqual([true, false, false]);
  });
});
