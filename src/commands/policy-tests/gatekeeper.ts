import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { type ReportedTest, readReport } from './gator-report.ts';
import type { CaseResult, PolicyTestRunner, TestFile } from './runner.ts';

/** https://open-policy-agent.github.io/gatekeeper/website/docs/gator#writing-test-suites */
const suiteSchema = z.looseObject({
  skip: z.boolean().nullish(),
  tests: z
    .array(
      z.looseObject({
        name: z.string().default(''),
        invalid: z.boolean().nullish(),
        cases: z.array(z.looseObject({ name: z.string().default('') })).nullish(),
      }),
    )
    .nullish(),
});
type SuiteTest = NonNullable<z.infer<typeof suiteSchema>['tests']>[number];

const timeoutMs = 120_000;

export const gatekeeperSuites: PolicyTestRunner = {
  title: 'Gatekeeper suites',
  tool: 'gatekeeper',
  isTest: ({ path: file, text }) =>
    /\.ya?ml$/i.test(file) && /^apiVersion:\s*["']?test\.gatekeeper\.sh\//m.test(text) && /^kind:\s*["']?Suite\b/m.test(text),
  async run(file, tool, { ports, signal }) {
    const suite = readSuite(file);
    if (suite.skip === true) return [{ name: 'the suite', status: 'skipped' }];
    await tool.verified?.();
    const result = await ports.processes.run({
      executable: tool.path,
      args: ['verify', path.join(file.root, file.path), '-v'],
      cwd: file.root,
      env: { LANG: 'C.UTF-8', TZ: 'UTC' },
      timeoutMs,
      maxOutputBytes: 64 * 1024 * 1024,
      network: 'none',
      signal,
    });
    return resultsOf(suite.tests ?? [], result, file);
  },
};

function readSuite(file: TestFile): z.infer<typeof suiteSchema> {
  const [document] = parseYaml({ file: file.path, text: file.text, errorCode: 'POLICY_INVALID' });
  const parsed = suiteSchema.safeParse(document?.value);
  if (parsed.success) return parsed.data;
  throw new GateError('POLICY_INVALID', {
    file: file.path,
    message: `is not a suite: ${schemaProblem(parsed.error, { whole: 'it' })}`,
  });
}

/** gator passes a suite without a case, and ignores a misspelled key: each case of the file has to be in its report. */
function resultsOf(tests: readonly SuiteTest[], result: ProcessResult, file: TestFile): readonly CaseResult[] {
  const ended = result.end === 'exited' && (result.exitCode === 0 || result.exitCode === 1);
  const report = readReport(result.stdout);
  if (!ended || (report.tests.length === 0 && report.verdict === undefined)) {
    const words = result.stderr.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
    throw new GateError('ENGINE_FAILED', {
      file: file.path,
      message: `gator verify ended with ${result.exitCode ?? result.signal ?? result.end}: ${words === '' ? 'no output' : words}`,
    });
  }
  const results = tests.flatMap((test, index) => ofTest(test, report.tests[index]));
  const isConsistent =
    (result.exitCode === 0) === (report.verdict === 'PASS') &&
    report.tests.length === tests.length &&
    (result.exitCode === 0 || results.some(({ status }) => status === 'failed'));
  if (results.length === 0) return [{ name: 'the suite', status: 'failed', detail: 'it contains no test with a case' }];
  return isConsistent
    ? results
    : [...results, { name: 'the suite', status: 'failed', detail: 'the report of gator is incomplete' }];
}

function ofTest({ name, cases, invalid }: SuiteTest, reported: ReportedTest | undefined): readonly CaseResult[] {
  if (reported === undefined || reported.name !== name) return [{ name, status: 'failed', detail: 'gator did not report on it' }];
  if (reported.status === 'skipped') return [{ name, status: 'skipped' }];
  const whole: CaseResult = { name, status: reported.status, ...(reported.detail !== '' && { detail: reported.detail }) };
  if (invalid === true) return [whole];
  const wanted = cases ?? [];
  if (reported.cases.length === 0 && reported.status === 'failed') return [whole];
  if (wanted.length === 0) return [{ name, status: 'failed', detail: 'it contains no case' }];
  return wanted.map((one, index) => {
    const found = reported.cases[index];
    const label = `${name}/${one.name}`;
    if (found === undefined || found.name !== one.name)
      return { name: label, status: 'failed', detail: 'gator did not report on it' };
    return { name: label, status: found.status, ...(found.detail !== '' && { detail: found.detail }) };
  });
}
