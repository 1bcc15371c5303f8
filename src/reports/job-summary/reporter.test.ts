import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { publishContext } from '../../../test/support/changes.ts';
import { blocked, canned, clean, compared, hostile, huge, incomplete, renderContext } from '../../../test/support/verdicts.ts';
import type { Verdict } from '../../model/verdict.ts';
import { entriesOpen, jobSummaryMaxBytes } from '../limits.ts';
import { renderBody } from '../pull-request-comment/body.ts';
import { byteLength } from '../text.ts';
import { jobSummaryReporter } from './reporter.ts';

const render = (verdict: Verdict): string => jobSummaryReporter.render(verdict, renderContext);
/** As GitHub's parser reads it, with raw tags let through so that a smuggled one shows. */
const toHtml = (markdown: string): string =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
const html = (verdict: Verdict): string => toHtml(render(verdict));
const ours = [
  'pre',
  'h2',
  'h3',
  'p',
  'ul',
  'li',
  'strong',
  'code',
  'br',
  'a',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'details',
  'summary',
];

/** Mermaid's own parser of pies. The rest of Mermaid needs a browser. */
async function parsePie(
  text: string,
): Promise<{ readonly sections: readonly { readonly label: string; readonly value: number }[] }> {
  const file = path.join(import.meta.dirname, '../../../node_modules/@mermaid-js/parser/dist/mermaid-parser.core.mjs');
  const { parse } = await import(pathToFileURL(file).href);
  return parse('pie', text);
}

describe('the job summary', () => {
  it('of a blocked change', () => {
    expect(render(blocked)).toMatchSnapshot();
  });

  it('of a run that could not judge', () => {
    expect(render(incomplete)).toMatchSnapshot();
  });

  it.each(Object.entries({ ...canned, huge }))('is well-formed and holds nothing but our tags: %s', (_name, verdict) => {
    const text = render(verdict);
    const page = toHtml(text);
    const tags = [...page.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)];
    expect([...new Set(tags.map((tag) => tag[2] ?? ''))].filter((tag) => !ours.includes(tag))).toEqual([]);
    expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
    expect(byteLength(text)).toBeLessThan(jobSummaryMaxBytes);
  });

  it('has the entries of the comment, with the same links', () => {
    const text = jobSummaryReporter.render(blocked, publishContext);
    const entries = (page: string): string =>
      page.slice(page.indexOf('### Must be fixed'), page.indexOf('<details><summary>Allowed'));
    expect(entries(text)).toBe(entries(renderBody(blocked, publishContext)));
    expect(entries(text)).toContain(`/blob/${'a'.repeat(40)}/charts/shop/values.yaml#L12>`);
    expect(render(blocked)).not.toContain('/blob/');
  });

  it('folds all but the first entries, so that 300 findings have a height that can be read', () => {
    const [one] = blocked.findings;
    if (one === undefined) throw new Error('a finding');
    const findings = Array.from({ length: 300 }, (_, index) => ({
      ...one,
      finding: { ...one.finding, rule: `rule-${index}`, title: `Finding ${index}` },
    }));
    const text = render({ ...blocked, findings });
    const [open = ''] = text.slice(text.indexOf('### Must be fixed')).split('<details>');
    expect(open.match(/Finding \d+/g)).toHaveLength(entriesOpen);
    expect(text).toContain(`<details><summary>Must be fixed: ${300 - entriesOpen} more</summary>`);
    expect(text.match(/Finding \d+/g)).toHaveLength(300);
  });

  it('lists existing findings apart from those that the policy allows, in one folded section', () => {
    const findings = blocked.findings.map((judged, index) =>
      index < 3 ? { ...judged, action: 'allow' as const, decidedBy: 'only-new', state: 'unchanged' as const } : judged,
    );
    const text = render({ ...blocked, findings });
    expect(text).toContain('[3 existing findings: not blocking](');
    expect(text).toContain('<details><summary>Existing: 3 findings, not blocking (3 critical)</summary>');
    expect(text).toContain('<details><summary>Allowed: 1 finding (1 medium)</summary>');
    expect(renderBody({ ...blocked, findings }, publishContext)).not.toContain('<summary>Existing');
  });

  it('has as many rows in its tables as there are engines, environments, allowed findings and things looked at', () => {
    const rows = html(blocked).match(/<tr>/g)?.length ?? 0;
    const heads = 5;
    const stageRows = 4 + 1; // of trivy two, cel and kube-bench one each, and the sum
    expect(rows).toBe(
      heads +
        stageRows +
        blocked.engines.length +
        Object.keys(blocked.policies).length +
        blocked.counts.allow +
        blocked.coverage.length,
    );
  });

  it('counts findings by stage and severity, and lists stages that did not run', () => {
    expect(render(blocked)).toContain(
      [
        '| Stage | critical | high | medium | unknown | blocked |',
        '| --- | --: | --: | --: | --: | --: |',
        '| Image scan | 1 | 0 | 0 | 0 | 1 |',
        '| Lint | 0 | 0 | 0 | 0 | 0 |',
        '| Policies | 1 | 1 | 1 | 1 | 2 |',
        '| Benchmark | 1 | 0 | 0 | 0 | 1 |',
        '| **All** | **3** | **1** | **1** | **1** | **4** |',
        '',
        'Not run: Imported.',
      ].join('\n'),
    );
  });

  it('has no table of zeros', () => {
    expect(render(clean)).toContain('\n\nRun: Image scan, Lint, Policies. Not run: Benchmark, Imported.\n\n');
    expect(render(clean)).not.toContain('| Stage');
  });

  it.each(Object.keys(canned))('draws a chart that the parser of Mermaid takes: %s', async (name) => {
    const verdict = canned[name] ?? clean;
    const chart = /```mermaid\n([\s\S]*?)```/.exec(render(verdict))?.[1];
    expect(chart === undefined).toBe(verdict.findings.length === 0);
    if (chart === undefined) return;
    const { sections } = await parsePie(chart);
    expect(sections.map(({ label, value }) => [label, value])).toEqual(
      Object.entries(verdict.severities)
        .filter(([, count]) => count > 0)
        .toSorted(([, a], [, b]) => b - a),
    );
  });

  it('gives each severity its own color, whatever order the counts make', () => {
    const severities = { critical: 1, high: 0, medium: 7, low: 3, unknown: 0 };
    expect(render({ ...blocked, severities })).toContain('{"pie1":"#757000","pie2":"#0969da","pie3":"#c8102e",');
  });

  it('tells new from old, and lists what is fixed and every waiver', () => {
    const page = html(compared);
    expect(page).toContain('<strong>1 new</strong>, 2 unchanged, <strong>1 fixed</strong>.');
    expect(page).toContain('<strong>critical</strong> Container web runs privileged <code>new</code>');
    expect(page).not.toContain('no memory limit <code>new</code>');
    expect(page).toContain('<td>waiver of team-shop until 2027-01-31</td>');
    expect(page).toContain('<summary>Fixed by this change: 1 finding</summary>');
    expect(page).toContain('<h3>Waivers not in force (1)</h3>');
    expect(page).toContain('<summary>Waivers: 1 in force, 1 unused</summary>');
  });

  it('cuts between items, worst first, and counts the rest', () => {
    const page = html(huge);
    const shown = new Set([...page.matchAll(/Finding number (\d+) of/g)].map((match) => Number(match[1])));
    for (let index = 0; index < 20; index += 1) expect(shown).toContain(index);
    const warnings = [...shown].filter((index) => index >= 20 && index < 2_000).length;
    expect(page).toContain(`<strong>${1_980 - warnings} more</strong> did not fit here`);
    expect(page).toContain('<summary>Coverage');
  });

  it('mentions and links nobody for text from outside', () => {
    const text = html(hostile)
      .replace(/<code>[\s\S]*?<\/code>/g, '')
      .replace(/<[^>]*>/g, '');
    expect(text).not.toMatch(/@[\w-]|#\d|\bGH-\d|https?:\/\/|\bwww\.\w/i);
    expect(
      [...html(hostile).matchAll(/href="([^"]*)"/g)]
        .map((match) => new URL(match[1] ?? '').protocol)
        .filter((protocol) => protocol !== 'https:'),
    ).toEqual([]);
  });
});
