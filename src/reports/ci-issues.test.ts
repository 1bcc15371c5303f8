import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { blocked, canned, compared, hostile, huge, incomplete, renderContext, warned } from '../../test/support/verdicts.ts';
import type { Verdict } from '../model/verdict.ts';
import { azurePipelinesReporter } from './azure-pipelines/reporter.ts';
import { bitbucketReporter } from './bitbucket/reporter.ts';
import { codeQualityReporter } from './code-quality/reporter.ts';
import { terminalReporter } from './terminal/reporter.ts';

const shown = ({ findings, errors }: Verdict) => errors.length + findings.filter(({ action }) => action !== 'allow').length;

/** As the agent reads a line (microsoft/azure-pipelines-agent, Agent.Sdk/CommandString.cs): a command may begin anywhere in it. */
function agentCommands(line: string) {
  const found: { name: string; properties: Record<string, string>; data: string }[] = [];
  const start = line.toLowerCase().indexOf('##vso[');
  if (start < 0) return found;
  const end = line.indexOf(']', start);
  const [name = '', ...rest] = line.slice(start + 6, end).split(' ');
  const plain = (text: string) =>
    text.replaceAll('%3B', ';').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%5D', ']').replaceAll('%AZP25', '%');
  const properties = rest
    .join(' ')
    .split(';')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), plain(pair.slice(pair.indexOf('=') + 1))]);
  found.push({ name, properties: Object.fromEntries(properties), data: plain(line.slice(end + 1)) });
  return found;
}
const commandsOf = (verdict: Verdict) =>
  azurePipelinesReporter.render(verdict, renderContext).split('\n').slice(0, -1).map(agentCommands);

describe('the report for Azure Pipelines', () => {
  it('has one issue for each error, and for what blocks or warns, at its line', () => {
    for (const verdict of [blocked, warned, compared, incomplete]) expect(commandsOf(verdict)).toHaveLength(shown(verdict));
    expect(
      commandsOf(blocked)
        .flat()
        .find(({ properties }) => properties.code === 'cel/privileged'),
    ).toMatchObject({
      name: 'task.logissue',
      properties: {
        ...{ type: 'error', sourcepath: 'charts/shop/values.yaml', linenumber: '12', columnnumber: '15', code: 'cel/privileged' },
      },
      data: expect.stringContaining('critical: Container web runs privileged\n'),
    });
    expect(
      commandsOf(warned)
        .flat()
        .map(({ properties }) => properties.type),
    ).not.toContain('error');
  });

  it('executes nothing that a manifest or an engine has in its names', () => {
    const commands = commandsOf(hostile);
    expect(commands).toHaveLength(shown(hostile));
    for (const [command, ...others] of commands) {
      expect(others).toEqual([]);
      expect(command?.name).toBe('task.logissue');
      expect(
        Object.keys(command?.properties ?? {}).every((name) => /^(?:type|code|sourcepath|linenumber|columnnumber)$/.test(name)),
      ).toBe(true);
    }
  });

  it('keeps brackets, semicolons and new lines of a name in that name', () => {
    const name = 'x];type=warning]##vso[task.setvariable variable=PATH]/evil\n##vso[task.complete result=Succeeded]';
    const [first] = blocked.findings;
    if (first === undefined) throw new Error('the sample has no finding');
    const finding = {
      ...first.finding,
      rule: name,
      title: name,
      locations: [{ file: 'a];b.yaml', line: 3, precision: 'field' as const }],
    };
    const text = azurePipelinesReporter.render({ ...blocked, findings: [{ ...first, finding }] }, renderContext);
    expect(text.split('\n')).toHaveLength(2);
    expect(text.match(/##vso\[/g)).toHaveLength(1);
    expect(agentCommands(text.trimEnd())[0]).toMatchObject({
      name: 'task.logissue',
      properties: { type: 'error', sourcepath: 'a];b.yaml', linenumber: '3' },
    });
  });

  it('counts what the log does not have', () => {
    const commands = commandsOf(huge).flat();
    expect(commands).toHaveLength(501);
    expect(commands.at(-1)?.data).toBe(`${shown(huge) - 500} more issues: the other reports list them.`);
  });
});

it('the terminal report executes no command of Azure Pipelines', () => {
  const reason = 'a ##vso[task.setvariable variable=PATH]/evil and ##[error]x and ##VSO[task.complete]';
  expect(terminalReporter.render({ ...blocked, reason }, renderContext)).not.toMatch(/##(?:vso)?\[/i);
});

/** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
const codeQuality = z.array(
  z.strictObject({
    description: z.string().min(1).max(1_000),
    check_name: z.string().min(1),
    fingerprint: z.string().min(1),
    severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
    location: z.strictObject({
      path: z.string().regex(/^(?!\.?\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\n]+$/),
      lines: z.strictObject({ begin: z.int().positive() }),
    }),
  }),
);

describe('the code quality report of GitLab', () => {
  it.each(Object.entries({ ...canned, huge }))('has the documented fields and one issue for each: %s', (_name, verdict) => {
    const issues = codeQuality.parse(JSON.parse(codeQualityReporter.render(verdict, renderContext)));
    expect(issues).toHaveLength(Math.min(5_000, shown(verdict)));
  });

  it('makes a blocker of what blocks, and counts lines from the root of the repository', () => {
    const issues = codeQuality.parse(
      JSON.parse(codeQualityReporter.render(blocked, { ...renderContext, pathPrefix: 'apps/shop' })),
    );
    expect(issues.find(({ check_name: rule }) => rule === 'cel/privileged')).toMatchObject({
      severity: 'blocker',
      check_name: 'cel/privileged',
      location: { path: 'apps/shop/charts/shop/values.yaml', lines: { begin: 12 } },
    });
    expect(
      codeQuality.parse(JSON.parse(codeQualityReporter.render(warned, renderContext))).map(({ severity }) => severity),
    ).not.toContain('blocker');
  });
});

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/ */
const bitbucket = z.strictObject({
  report: z.strictObject({
    title: z.string().max(450),
    details: z.string().max(2_000),
    report_type: z.enum(['SECURITY', 'COVERAGE', 'TEST', 'BUG']),
    reporter: z.string().max(450),
    result: z.enum(['PASSED', 'FAILED', 'PENDING']),
    data: z.array(z.strictObject({ title: z.string(), type: z.literal('NUMBER'), value: z.int() })).max(10),
  }),
  annotations: z
    .array(
      z
        .array(
          z.strictObject({
            external_id: z.string().max(450),
            annotation_type: z.enum(['VULNERABILITY', 'CODE_SMELL', 'BUG']),
            summary: z.string().min(1).max(450),
            details: z.string().max(2_000).optional(),
            result: z.enum(['PASSED', 'FAILED', 'SKIPPED', 'IGNORED']),
            severity: z.enum(['HIGH', 'MEDIUM', 'LOW', 'CRITICAL']),
            path: z.string().optional(),
            line: z.int().positive().optional(),
          }),
        )
        .max(100),
    )
    .max(10),
});

describe('the report for Bitbucket', () => {
  it.each(Object.entries({ ...canned, huge }))('has the documented fields within their limits: %s', (_name, verdict) => {
    const { report, annotations } = bitbucket.parse(JSON.parse(bitbucketReporter.render(verdict, renderContext)));
    expect(report.result).toBe(verdict.outcome === 'pass' || verdict.outcome === 'warn' ? 'PASSED' : 'FAILED');
    const ids = annotations.flat().map(({ external_id: id }) => id);
    expect(ids).toHaveLength(Math.min(1_000, shown(verdict)));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
