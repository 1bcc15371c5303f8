import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../../test/render/bench.ts';
import { commandContext } from '../../test/support/command-context.ts';
import { waiver } from '../../test/support/model.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { blocked, clean, hostileText, incomplete, renderContext, warned } from '../../test/support/verdicts.ts';
import { reportCommand } from '../commands/report.ts';
import type { Verdict } from '../model/verdict.ts';
import { createNodePorts } from '../ports/node-ports.ts';
import { jsonReporter } from '../reports/json/reporter.ts';
import { overviewOf } from './overview.ts';
import { overviewPage } from './page.ts';
import { readFolder } from './read.ts';

afterAll(removeTempFolders);

const now = new Date('2026-11-28T10:00:00Z');
const silent = () => {};
const ports = createNodePorts({ log: { debug: silent, info: silent, warn: silent, error: silent }, env: {} });
const report = (verdict: Verdict, part: Partial<typeof renderContext> = {}) =>
  jsonReporter.render(verdict, { ...renderContext, ...part });
const overview = async (files: Readonly<Record<string, string>>) => overviewOf(await readFolder(repository(files), ports), now);

describe('the overview of many repositories', () => {
  it('has a row for each report, the worst first, named by its folder if it names no repository', async () => {
    const { repositories, outcomes } = await overview({
      'org/clean/report.json': report(clean),
      'org/blocked/report.json': report(blocked),
      'warned.json': report(warned),
      'org/incomplete/report.json': report(incomplete),
    });
    expect(repositories.map(({ repository: name, outcome }) => `${outcome} ${name}`)).toEqual([
      'error org/incomplete',
      'block org/blocked',
      'warn warned',
      'pass org/clean',
    ]);
    expect(outcomes).toEqual({ pass: 1, warn: 1, block: 1, error: 1 });
  });

  it('adds up each rule, with the repositories that have it', async () => {
    const { rules } = await overview({ 'a/report.json': report(blocked), 'b/report.json': report(blocked) });
    const own = blocked.findings.filter(({ finding }) => finding.rule === 'privileged');
    expect(rules.find(({ rule }) => rule === 'cel/privileged')).toMatchObject({
      block: 2 * own.length,
      repositories: ['a', 'b'],
    });
  });

  it('adds up what each owner has to fix', async () => {
    const owned = {
      ...blocked,
      findings: blocked.findings.map((judged) => ({ ...judged, finding: { ...judged.finding, owners: ['@org/shop'] } })),
    };
    const { owners } = await overview({
      'a/report.json': report(owned),
      'b/report.json': report(owned),
      'c/report.json': report(blocked),
    });
    expect(owners).toEqual([
      { owner: '@org/shop', block: 2 * blocked.counts.block, warn: 2 * blocked.counts.warn, allow: 2 * blocked.counts.allow },
    ]);
  });

  it('marks reports and gates that are old, and waivers that end soon', async () => {
    const old = { generatedAt: new Date('2026-10-01T00:00:00Z'), gateVersion: '1.1.0' };
    const waivers = [
      { waiver: waiver({ expires: '2026-12-01' }), status: 'in-force' as const, findings: 1 },
      { waiver: waiver({ expires: '2027-06-01', target: 'b' }), status: 'unused' as const, findings: 0 },
    ];
    const found = await overview({
      'a.json': report({ ...clean, waivers }),
      'b.json': report(clean, old),
      'c.json': report(clean, { gateVersion: '1.2.3-rc.1' }),
    });
    expect(found.repositories.map(({ repository: name, isOld, isOldGate }) => [name, isOld, isOldGate])).toEqual([
      ['a', false, false],
      ['b', true, true],
      ['c', false, true],
    ]);
    expect(found.gates.map(({ version }) => version)).toEqual(['1.2.3', '1.2.3-rc.1', '1.1.0']);
    expect(found.waivers.map(({ expires, daysLeft, isSoon }) => [expires, daysLeft, isSoon])).toEqual([
      ['2026-12-01', 3, true],
      ['2027-06-01', 185, false],
    ]);
  });

  it('lists what is not a report, and reads no link', async () => {
    const folder = repository({
      'a.json': '{}',
      'b.json': 'text',
      'c.json': report(clean).replace('"outcome": "pass"', '"outcome": "block"'),
      'd.json': '['.repeat(100_000),
      'note.txt': '',
    });
    symlinkSync('/etc/hostname', path.join(folder, 'e.json'));
    const { summaries, unread } = await readFolder(folder, ports);
    expect(summaries).toEqual([]);
    expect(unread.map(({ file }) => file)).toEqual(['a.json', 'b.json', 'c.json', 'd.json', 'e.json']);
    expect(unread.every(({ reason }) => reason !== '')).toBe(true);
  });

  it('runs and loads nothing that a report has in its texts', async () => {
    // A report is refused for less; the page does not rely on it.
    const rule = { rule: hostileText, title: hostileText, severity: 'high' as const, block: 1, warn: 0, allow: 0 };
    const waived = {
      rule: hostileText,
      target: hostileText,
      owner: hostileText,
      expires: hostileText,
      status: 'unused' as const,
    };
    const texts = { repository: hostileText, file: hostileText, gateVersion: hostileText, reason: hostileText };
    const summary = { ...texts, generatedAt: now, outcome: 'block' as const, counts: { block: 1, warn: 0, allow: 0 }, errors: 0 };
    const folder = {
      summaries: [
        { ...summary, rules: [rule], waivers: [waived], owners: [{ owner: hostileText, block: 1, warn: 0, allow: 0 }] },
      ],
      unread: [{ file: hostileText, reason: hostileText }],
    };
    const page = overviewPage(overviewOf(folder, now));
    expect(
      page.match(
        /<(?!\/?(?:html|head|meta|title|style|body|div|header|main|section|table|thead|tbody|tr|th|td|code|strong|p|h1|h2)\b|!doctype)[^>]*>/g,
      ),
    ).toBeNull();
    expect(page).toContain('content="default-src &apos;none&apos;');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it('is bounded, whatever the reports have', async () => {
    const many = Array.from({ length: 1_500 }, (_, index) => ({
      waiver: waiver({ target: `target-${index}` }),
      status: 'unused' as const,
      findings: 0,
    }));
    const page = overviewPage(await overview({ 'a.json': report({ ...clean, waivers: many }) }));
    expect(page).toContain('500 more are in the JSON overview.');
  });
});

describe('k8s-gate report', () => {
  const run = async (files: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const cwd = repository(files);
    const { context, printed } = commandContext(cwd, { ports, gateVersion: '1.2.3' });
    const code = await reportCommand.run(args, context);
    return { cwd, code, out: printed() };
  };

  it('writes a page and JSON', async () => {
    const { cwd, code, out } = await run(
      { 'in/a.json': report(warned) },
      '--from',
      'in',
      '--html',
      'o/a.html',
      '--json',
      'o/a.json',
    );
    expect([code, out]).toEqual([0, '']);
    expect(existsSync(path.join(cwd, 'o/a.html'))).toBe(true);
    expect(JSON.parse(readFileSync(path.join(cwd, 'o/a.json'), 'utf8'))).toMatchObject({
      schemaVersion: 1,
      repositories: [{ repository: 'a', outcome: 'warn', generatedAt: '2026-11-24T10:00:00.000Z' }],
    });
  });

  it('prints JSON by default, and ends with 2 if something is not a report', async () => {
    const { code, out } = await run({ 'in/a.json': report(clean), 'in/b.json': '{}' }, '--from', 'in');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ outcomes: { pass: 1 }, unread: [{ file: 'b.json' }] });
  });

  it.each([
    [[], '--from is missing'],
    [['--from', 'missing'], 'is not a folder'],
    [['--from', '.', 'x'], 'unexpected `x`'],
    [['--from', '.'], 'has no JSON file'],
  ])('refuses %j', async (args, message) => {
    await expect(run({}, ...args)).rejects.toThrow(message);
  });
});
