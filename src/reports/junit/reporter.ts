import type { Verdict } from '../../model/verdict.ts';
import { xml } from '../escape.ts';
import type { RenderContext, Reporter } from '../reporter.ts';
import { oneLine, reveal, shorten } from '../text.ts';
import { type Case, complainedAbout, coverageCase, errorCase, findingCase, type Result } from './cases.ts';

/**
 * JUnit XML as GitLab (https://docs.gitlab.com/ci/testing/unit_test_reports/) and Jenkins read it: a suite for the gate's own errors and
 * one per engine or importer; a case for each finding, and one for each evaluated item without a finding.
 */
export const junitReporter: Reporter = {
  id: 'junit',
  title: 'JUnit',
  summary: 'For GitLab, Jenkins and other consumers of test results: a blocking finding is a failed test.',
  defaultFile: 'k8s-gate.junit.xml',
  render: (verdict, context) => {
    const suites = suitesOf(verdict).map((suite) => ({ ...suite, cases: unique(suite.cases) }));
    const all = suites.flatMap((suite) => suite.cases);
    const body = suites.map((suite) => suiteXml(suite, context)).join('');
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="k8s-gate" ${counts(all)}>\n${body}</testsuites>\n`;
  },
};

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

function suitesOf(verdict: Verdict): readonly Suite[] {
  const engines = new Set([
    ...verdict.engines.map((engine) => engine.engine),
    ...verdict.coverage.flatMap((row) => row.entries.map((entry) => entry.engine)),
    ...verdict.findings.map(({ finding }) => finding.engine),
  ]);
  const own: Suite = { name: 'k8s-gate', cases: verdict.errors.map(errorCase) };
  return [own, ...[...engines].map((engine) => ({ name: engine, cases: casesOf(verdict, engine) }))];
}

function casesOf(verdict: Verdict, engine: string): readonly Case[] {
  const complained = complainedAbout(verdict, engine);
  const findings = verdict.findings.filter(({ finding }) => finding.engine === engine).map(findingCase);
  const looked = verdict.coverage
    .flatMap((row) => row.entries.filter((entry) => entry.engine === engine).map((entry) => ({ row, entry })))
    .filter(({ row, entry }) => entry.status !== 'evaluated' || !complained.has(row.label))
    .map(({ row, entry }) => coverageCase(row, entry));
  const skipped = verdict.engines
    .filter((summary) => summary.engine === engine && summary.status === 'skipped')
    .map((summary): Case => ({ name: `${engine} was skipped`, result: 'skipped', message: summary.reason ?? 'skipped' }));
  return [...findings, ...looked, ...skipped];
}

/** Duplicate names get a number, which is stable as long as the findings are. */
function unique(cases: readonly Case[]): readonly Case[] {
  const seen = new Map<string, number>();
  return cases.map((testCase) => {
    const name = shorten(oneLine(testCase.name), 500) || 'unnamed';
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return { ...testCase, name: times === 1 ? name : `${name} #${times}` };
  });
}

function counts(cases: readonly Case[]): string {
  const count = (result: Result): number => cases.filter((testCase) => testCase.result === result).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="0"`;
}

function suiteXml({ name, cases }: Suite, { generatedAt }: RenderContext): string {
  const timestamp = generatedAt.toISOString().slice(0, 19);
  const suite = shorten(oneLine(name), 200) || 'unnamed';
  const body = cases.map((testCase) => caseXml(testCase, suite)).join('');
  return `  <testsuite name="${xml(suite)}" ${counts(cases)} timestamp="${timestamp}">\n${body}  </testsuite>\n`;
}

function caseXml({ name, file, result, message, type, text }: Case, suite: string): string {
  const classname = suite === 'k8s-gate' ? suite : `k8s-gate.${suite}`;
  const head = `    <testcase classname="${xml(classname)}" name="${xml(name)}"${file === undefined ? '' : ` file="${xml(oneLine(file))}"`} time="0"`;
  const attribute = message === undefined ? '' : ` message="${xml(shorten(oneLine(message), 1_000))}"`;
  const body = text === undefined ? '' : `<![CDATA[${cdata(shorten(text, 8_000))}]]>`;
  switch (result) {
    case 'failure':
    case 'error':
      return `${head}>\n      <${result}${attribute} type="${xml(type ?? result)}">${body}</${result}>\n    </testcase>\n`;
    case 'skipped':
      return `${head}>\n      <skipped${attribute}/>\n    </testcase>\n`;
    case 'passed':
      return body === '' ? `${head}/>\n` : `${head}>\n      <system-out>${body}</system-out>\n    </testcase>\n`;
  }
}

function cdata(text: string): string {
  return reveal(text).replaceAll(']]>', ']]]]><![CDATA[>');
}
