import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type ReportedRow, readReport } from './kyverno-report.ts';
import type { CaseResult, PolicyTestRunner, TestFile } from './runner.ts';

/** https://kyverno.io/docs/kyverno-cli/reference/kyverno_test/ */
const testSchema = z.looseObject({
  results: z
    .array(
      z.looseObject({
        policy: z.string(),
        rule: z.string().nullish(),
        resource: z.string().nullish(),
        resources: z.array(z.string()).nullish(),
        generatedResource: z.string().nullish(),
        resourceSpecs: z.array(z.looseObject({ name: z.string() })).nullish(),
      }),
    )
    .nullish(),
});
type Expected = NonNullable<z.infer<typeof testSchema>['results']>[number];

const timeoutMs = 120_000;

export const kyvernoTests: PolicyTestRunner = {
  title: 'Kyverno tests',
  tool: 'kyverno',
  // Kyverno's default; files of other names are disabled tests.
  isTest: ({ path: file }) => path.basename(file) === 'kyverno-test.yaml',
  async run(file, tool, { ports, signal }) {
    const expected = readTest(file);
    if (expected.length === 0) return [{ name: 'the test', status: 'failed', detail: 'it contains no results' }];
    await tool.verified?.();
    const full = path.join(file.root, file.path);
    const result = await ports.processes.run({
      executable: tool.path,
      args: ['test', path.dirname(full), '--file-name', path.basename(full), '--remove-color', '--output-format', 'json'],
      cwd: file.root,
      env: { LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' },
      timeoutMs,
      maxOutputBytes: 128 * 1024 * 1024,
      network: 'none',
      signal,
    });
    return resultsOf(expected, result, file);
  },
};

function readTest(file: TestFile): readonly Expected[] {
  const documents = parseYaml({ file: file.path, text: file.text, errorCode: 'POLICY_INVALID' });
  const parsed = testSchema.safeParse(documents[0]?.value);
  if (parsed.success && documents.length === 1) return parsed.data.results ?? [];
  throw new GateError('POLICY_INVALID', {
    file: file.path,
    message: parsed.success
      ? 'contains several documents'
      : `is not a test of Kyverno: ${schemaProblem(parsed.error, { whole: 'it' })}`,
    expected: 'one document of kind Test with `results`',
  });
}

/** Kyverno passes a test without results, and drops a misspelled resource or rule: each expected result has to be in its report. */
function resultsOf(expected: readonly Expected[], result: ProcessResult, file: TestFile): readonly CaseResult[] {
  const report = readReport(result.stdout, path.join(file.root, file.path));
  const ended = result.end === 'exited' && (result.exitCode === 0 || result.exitCode === 1);
  if (!ended || report?.failed === undefined) {
    const words = (result.stderr.trim() || result.stdout.trim()).replaceAll(/\s+/g, ' ').slice(-500);
    throw new GateError('ENGINE_FAILED', {
      file: file.path,
      message: `kyverno test ended with ${result.exitCode ?? result.signal ?? result.end}: ${words === '' ? 'no output' : words}`,
    });
  }
  const { rows, failed, failedRows } = report;
  const results = [...rows.map(ofRow), ...expected.flatMap((one) => missingOf(one, rows))];
  return failed === failedRows && (result.exitCode === 0) === (failed === 0)
    ? results
    : [...results, { name: 'the test', status: 'failed', detail: 'the report of kyverno is incomplete' }];
}

function ofRow({ policy, rule, resource, result, reason }: ReportedRow): CaseResult {
  const name = `${policy}${rule === '' ? '' : `/${rule}`} ${resource}`;
  return result === 'Pass' ? { name, status: 'passed' } : { name, status: 'failed', detail: reason };
}

/** The results of an entry of the file that Kyverno did not report on. */
function missingOf(expected: Expected, rows: readonly ReportedRow[]): readonly CaseResult[] {
  const names = [
    ...(expected.resources ?? []),
    ...(expected.resourceSpecs ?? []).map(({ name }) => name),
    ...(typeof expected.resource === 'string' ? [expected.resource] : []),
  ];
  const rule = expected.rule ?? '';
  // The rows of a policy in CEL name no rule.
  const own = rows.filter(
    (row) => row.policy === expected.policy && (rule === '' || row.rule === '' || ruleOf(row.rule) === ruleOf(rule)),
  );
  // The row of a generating rule is about what it generates, not about the resource that triggers it.
  const isAny = names.length === 0 || typeof expected.generatedResource === 'string';
  const isMissing = (name: string) => (isAny ? own.length === 0 : !own.some(isAbout(name)));
  const missing = (names.length === 0 ? ['any resource'] : names).filter(isMissing);
  return missing.map((name) => ({
    name: `${expected.policy}${rule === '' ? '' : `/${rule}`} ${name}`,
    status: 'failed',
    detail: 'Kyverno did not report on it: check the names of the policy, the rule and the resource, and the kind',
  }));
}

function ruleOf(name: string): string {
  return name.replace(/^autogen-(?:cronjob-)?/, '');
}

/** A row has `v1/Pod/default/web`, or `/web` without the others; the file has `web` or `default/web`. */
function isAbout(name: string): (row: ReportedRow) => boolean {
  return ({ resource }) => resource === name || resource.split('/').at(-1) === name.split('/').at(-1);
}
