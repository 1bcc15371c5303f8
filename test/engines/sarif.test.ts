import { afterAll, describe, expect, it } from 'vitest';
import { sarifEngine } from '../../src/engines/sarif/engine.ts';
import { judgeWith, type LintBench } from '../support/lint-bench.ts';
import { manifestSet } from '../support/model.ts';
import { errorsOf, refusal, summary } from '../support/policy-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';

/** Hand-written after the SARIF 2.1.0 specification, not recorded. */
const rules = [
  { id: 'R1', properties: { 'security-severity': '9.8' }, help: { text: 'Do it.' }, helpUri: 'https://example.com/R1' },
  {
    id: 'R2',
    defaultConfiguration: { level: 'error' },
    helpUri: 'javascript:x',
    messageStrings: { default: { text: 'no {0}' } },
  },
  { id: 'R3', properties: { 'security-severity': 'bad' } },
];
const result = (part: object = {}) => ({
  ruleId: 'R1',
  message: { text: 'is wrong\nvery' },
  locations: [
    { physicalLocation: { artifactLocation: { uri: 'deploy/app.yaml' }, region: { startLine: 7, startColumn: 3, endLine: 8 } } },
  ],
  ...part,
});
const sarif = (results: unknown, run: object = {}) =>
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Scan', version: '1.2', rules } }, results, ...run }] });
const take = (content: string, bench: Partial<LintBench> & { readonly options?: object } = {}) =>
  judgeWith(sarifEngine, {
    ...bench,
    files: { 'out/scan.sarif': content, ...bench.files },
    options: { files: ['out/*.sarif'], ...bench.options },
  });
const ended = (endTimeUtc: string) => ({ invocations: [{ executionSuccessful: true, endTimeUtc }] });

describe('sarif engine', () => {
  afterAll(removeTempFolders);

  it('imports a result with its place, rule and help', async () => {
    const run = await take(`\uFEFF${sarif([result()])}`);
    expect(run.findings).toEqual([
      {
        engine: 'sarif',
        rule: 'Scan/R1',
        category: 'misconfiguration',
        title: 'is wrong',
        detail: 'very\nFound by Scan 1.2.',
        severity: 'critical',
        subject: { kind: 'file', location: { file: 'deploy/app.yaml', line: 7, column: 3, endLine: 8, precision: 'field' } },
        fix: { text: 'Do it.' },
        helpUrl: 'https://example.com/R1',
      },
    ]);
    expect(run.coverage).toEqual([{ target: { kind: 'file', file: 'out/scan.sarif' }, status: 'evaluated' }]);
    expect(run.notes).toEqual(['out/scan.sarif: 1 finding(s) of Scan 1.2']);
  });

  it.each<[string, object, string | undefined]>([
    ['a score above its level', { level: 'note' }, 'critical'],
    ['a level', { ruleId: 'X', level: 'error' }, 'high'],
    ['a warning', { ruleId: 'X', level: 'warning' }, 'medium'],
    ['a note', { ruleId: 'X', level: 'note' }, 'low'],
    ['no level', { ruleId: 'X' }, 'medium'],
    ['the level of its rule', { ruleId: 'R2' }, 'high'],
    ['its rule by index', { ruleId: undefined, ruleIndex: 1 }, 'high'],
    ['a case of its rule', { ruleId: 'R2/4' }, 'high'],
    ['an invalid score', { ruleId: 'R3' }, 'unknown'],
    ['the level none', { level: 'none' }, undefined],
    ['the kind pass', { kind: 'pass' }, undefined],
    ['the kind open', { kind: 'open' }, 'critical'],
    ['the kind review and the level that it must have', { kind: 'review', level: 'none' }, 'unknown'],
    ['an end', { baselineState: 'absent' }, undefined],
  ])('gives a severity to a result with %s', async (_what, part, severity) => {
    expect((await take(sarif([result(part)]))).findings[0]?.severity).toBe(severity);
  });

  it.each([
    ['9.0', 'critical'],
    ['8.9', 'high'],
    ['7', 'high'],
    ['6.9', 'medium'],
    ['4.0', 'medium'],
    ['3.9', 'low'],
    ['0.1', 'low'],
    ['0.0', undefined],
    ['11', 'unknown'],
  ])('reads the score %s as %s', async (score, severity) => {
    const driver = { name: 'Scan', rules: [{ id: 'R1', properties: { 'security-severity': score } }] };
    expect((await take(sarif([result()], { tool: { driver } }))).findings[0]?.severity).toBe(severity);
  });

  it('takes the severity of the user', async () => {
    const options = { severity: { R1: 'low', 'Scan/R2': 'medium' } };
    expect(summary((await take(sarif([result(), result({ ruleId: 'R2' })]), { options })).findings)).toEqual([
      'Scan/R1 low deploy/app.yaml:7',
      'Scan/R2 medium deploy/app.yaml:7',
    ]);
  });

  it('counts what the file suppresses, and reports it', async () => {
    const run = await take(sarif([result({ suppressions: [{ kind: 'external' }] }), result()]));
    expect(run.findings).toHaveLength(2);
    expect(run.notes).toContain('out/scan.sarif: 1 finding(s) are suppressed in the file, which is ignored');
  });

  it('shows a result from outside the repository at its own file, and reports it', async () => {
    const artifactLocation = { uri: 'file:///etc/shadow' };
    const run = await take(
      sarif([result({ locations: [{ physicalLocation: { artifactLocation } }] }), result({ locations: [] })]),
    );
    expect(summary(run.findings)).toEqual(['Scan/R1 critical out/scan.sarif:1', 'Scan/R1 critical out/scan.sarif:1']);
    expect(run.notes[1]).toMatch(/2 finding\(s\) have no file in this repository/);
  });

  it('knows an advisory of any scanner by its own name, and fills in messages', async () => {
    const run = await take(
      sarif([result({ ruleId: 'CVE-2024-3094' }), result({ ruleId: 'R2', message: { id: 'default', arguments: ['limit'] } })]),
    );
    expect(run.findings[0]).toMatchObject({ rule: 'CVE-2024-3094', category: 'vulnerability' });
    expect(run.findings[1]).toMatchObject({ title: 'no limit' });
    expect(run.findings[1]).not.toHaveProperty('helpUrl');
  });

  it.each<[string, string, Partial<LintBench> & { readonly options?: object }, string]>([
    ['without runs', '{"version":"2.1.0","runs":[]}', {}, 'ENGINE_OUTPUT_INVALID'],
    ['without results', sarif(undefined), {}, 'ENGINE_OUTPUT_INVALID'],
    ['with null for results', sarif(null), {}, 'ENGINE_OUTPUT_INVALID'],
    ['with results elsewhere', sarif([], { externalPropertyFileReferences: { results: [] } }), {}, 'ENGINE_OUTPUT_INVALID'],
    ['of another version', '{"version":"2.0.0","runs":[]}', {}, 'ENGINE_OUTPUT_INVALID'],
    ['that is empty', '', {}, 'ENGINE_OUTPUT_INVALID'],
    ['that is cut', sarif([result()]).slice(0, -9), {}, 'ENGINE_OUTPUT_INVALID'],
    ['of a failed scan', sarif([], { invocations: [{ executionSuccessful: false }] }), {}, 'ENGINE_FAILED'],
    ['with an old file', sarif([]), { ageDays: 2, options: { maxAge: '1d' } }, 'RESULT_STALE'],
    ['with an old time in a new file', sarif([], ended('2020-01-01T00:00:00Z')), { options: { maxAge: '1d' } }, 'RESULT_STALE'],
    ['with an invalid time', sarif([], ended('soon')), { options: { maxAge: '1d' } }, 'RESULT_STALE'],
  ])('does not take a file %s for a clean one', async (_what, content, bench, code) => {
    const run = await take(content, bench);
    expect(run.coverage.map(({ status }) => status)).toEqual(['failed']);
    expect(errorsOf(run)[0]?.code).toBe(code);
  });

  it('shows what a failed scan found until it broke off', async () => {
    const run = await take(
      sarif([result()], { invocations: [{ executionSuccessful: false, exitCodeDescription: 'out of memory' }] }),
    );
    expect(run.findings).toHaveLength(1);
    expect(errorsOf(run)[0]?.message).toMatch(/Scan reports that its scan failed: out of memory/);
  });

  it('takes an empty result of a scan for what it is', async () => {
    expect((await take(sarif([]), { options: { maxAge: '1d' } })).coverage[0]?.status).toBe('evaluated');
  });

  it('never follows a symlink, and misses no file', async () => {
    const run = await take(sarif([]), { files: { 'out/z.sarif': { link: '/etc/passwd' } } });
    expect(run.coverage.map(({ status }) => status)).toEqual(['evaluated', 'failed']);
    expect((await refusal(take(sarif([]), { options: { files: ['none.sarif'] } }))).message).toMatch(
      /no file matches "none\.sarif"/,
    );
    expect(sarifEngine.notApplicable(manifestSet(), sarifEngine.options.parse({}))).toBe('no SARIF file is configured');
  });
});
