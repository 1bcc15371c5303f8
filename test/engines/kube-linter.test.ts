import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { kubeLinterEngine } from '../../src/engines/kube-linter/engine.ts';
import type { Command, ProcessResult } from '../../src/ports/ports.ts';
import { answering, judgeWith } from '../support/lint-bench.ts';
import { bad, good, mistyped, service, widget } from '../support/lint-samples.ts';
import { errorsOf, refusal, statusesOf, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

/** Recorded with KubeLinter 0.8.3, built from its source at that tag; the folder and the names that change each run are placeholders. */
const recorded = readFileSync(path.join(import.meta.dirname, '../fixtures/kube-linter/lint.0.8.3.json'), 'utf8');
const reportsSchema = z.looseObject({
  Reports: z.array(z.looseObject({ Object: z.looseObject({ Metadata: z.looseObject({ FilePath: z.string() }) }) })),
});
const resources = [bad, good, service, widget, mistyped];
const tool = { id: 'kube-linter', path: '/nowhere/kube-linter', version: '0.8.3' };

/** The recorded answer, in the words of this run. */
function replay(command: Command, text = recorded): string {
  const config = readFileSync(path.join(command.cwd, 'kube-linter.yaml'), 'utf8');
  const secret = /k8s-gate-seen-([0-9a-f]{24})/.exec(config)?.[1] ?? 'none';
  return text
    .replaceAll('$WORKDIR', command.cwd)
    .replaceAll('$seen', `k8s-gate-seen-${secret}`)
    .replaceAll('$planted', `k8s-gate-planted-${secret}`);
}
const judge = (reply: (command: Command) => Partial<ProcessResult>, options: unknown = {}) =>
  judgeWith(kubeLinterEngine, { resources, tool, options, ports: answering(reply) });
const honest = (command: Command) => ({ exitCode: 1, stdout: replay(command) });
const changed = (from: string | RegExp, to: string) => (command: Command) => ({
  exitCode: 1,
  stdout: replay(command, recorded.replaceAll(from, to)),
});

describe('kube-linter engine', () => {
  afterAll(removeTempFolders);

  it('turns reports into findings at the field', async () => {
    const run = await judge(honest);
    expect(summary(run.findings)).toContain('latest-tag medium bad spec.template.spec.containers[1].image');
    expect(summary(run.findings)).toContain('dangling-service medium lost spec.selector');
    expect(run.findings.find((found) => found.rule === 'latest-tag')?.fix?.text).toMatch(/specific tag/);
    expect(run.findings.some((found) => found.rule.startsWith('k8s-gate') || found.rule.startsWith('failed-to'))).toBe(false);
  });

  it('accounts for each resource, with an error for one that KubeLinter left out', async () => {
    const run = await judge(honest);
    expect(statusesOf(run)).toEqual({
      bad: 'evaluated',
      good: 'evaluated',
      lost: 'evaluated',
      // It was loaded; no check is about it.
      widget: 'not-applicable',
      mistyped: 'failed',
    });
    expect(errorsOf(run)[0]?.message).toMatch(/could not load Deployment mistyped: .*spec\.replicas/);
  });

  it('notices an object that was dropped silently', async () => {
    const run = await judge((command) => {
      const output = reportsSchema.parse(JSON.parse(replay(command)));
      const Reports = output.Reports.filter((report) => !report.Object.Metadata.FilePath.endsWith('good.yaml'));
      return { exitCode: 1, stdout: JSON.stringify({ ...output, Reports }) };
    });
    expect(statusesOf(run).good).toBe('failed');
    expect(errorsOf(run)[0]?.message).toMatch(/silently dropped the object/);
  });

  it('takes the severity of the user, then of the file, then unknown', async () => {
    const own = await judge(honest, { severity: { 'latest-tag': 'low' } });
    expect(summary(own.findings)).toContain('latest-tag low bad spec.template.spec.containers[1].image');
    const bare = await judgeWith(kubeLinterEngine, { resources, tool, ports: answering(honest), severities: 'kube-linter: {}' });
    expect(new Set(bare.findings.map((found) => found.severity))).toEqual(new Set(['unknown']));
  });

  it.each<[string, (command: Command) => Partial<ProcessResult>, string]>([
    ['"no valid objects found"', () => ({ stderr: 'Warning: no valid objects found.\n' }), 'ENGINE_COVERAGE'],
    ['"no checks enabled"', () => ({ stderr: 'Warning: no checks enabled.\n' }), 'ENGINE_COVERAGE'],
    ['an error', () => ({ exitCode: 1, stderr: 'Error: check "x" not found' }), 'ENGINE_FAILED'],
    ['a crash', () => ({ exitCode: 2, stderr: 'panic: x' }), 'ENGINE_FAILED'],
    ['no end', () => ({ end: 'timeout', exitCode: undefined }), 'ENGINE_TIMEOUT'],
    ['too much', () => ({ end: 'output-limit' }), 'ENGINE_FAILED'],
    ['half an answer', (command) => ({ exitCode: 1, stdout: replay(command).slice(0, -20) }), 'ENGINE_OUTPUT_INVALID'],
    ['an empty object', () => ({ exitCode: 1, stdout: '{}' }), 'ENGINE_OUTPUT_INVALID'],
    ['a foreign file', changed('$WORKDIR/resources/good.yaml', '/etc/good.yaml'), 'ENGINE_OUTPUT_INVALID'],
    ['a planted Deployment that passed', changed('"Check":"$planted"', '"Check":"x"'), 'ENGINE_COVERAGE'],
    ['a built-in check that lost its bite', changed('"Check":"latest-tag"', '"Check":"x"'), 'ENGINE_COVERAGE'],
    ['no reports', changed(/"Reports":\[.*\],"Summary"/g, '"Reports":null,"Summary"'), 'ENGINE_COVERAGE'],
  ])('never takes %s for a clean result', async (_what, reply, code) => {
    expect((await refusal(judge(reply))).code).toBe(code);
  });

  it('names the line of an invalid severity', async () => {
    const severities = 'kube-linter:\n  latest-tag: high\n  host-ipc: hihg\n';
    const error = await refusal(judgeWith(kubeLinterEngine, { resources, tool, ports: answering(honest), severities }));
    expect(error.message).toMatch(/^policies\/severity\.yaml:3: `kube-linter\.host-ipc` must be one of /);
  });

  it('refuses options that it does not know', () => {
    expect(() => kubeLinterEngine.options.parse({ checks: { ignorePaths: ['**'] } })).toThrow(/ignorePaths/);
  });
});
