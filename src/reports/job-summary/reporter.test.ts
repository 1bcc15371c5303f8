import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { blocked, canned, clean, hostile, huge, incomplete, renderContext } from '../../../test/support/verdicts.ts';
import type { Verdict } from '../../model/verdict.ts';
import { jobSummaryMaxBytes } from '../limits.ts';
import { byteLength } from '../text.ts';
import { jobSummaryReporter } from './reporter.ts';

const render = (verdict: Verdict): string => jobSummaryReporter.render(verdict, renderContext);
/** As GitHub's parser reads it, with raw tags let through so that a smuggled one shows. */
const html = (verdict: Verdict): string =>
  micromark(render(verdict), { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
const ours = [
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

describe('the job summary', () => {
  it('of a blocked change', () => {
    expect(render(blocked)).toMatchSnapshot();
  });

  it('of a run that could not judge', () => {
    expect(render(incomplete)).toMatchSnapshot();
  });

  it.each(Object.keys(canned))('is well-formed and holds nothing but our tags: %s', (name) => {
    const page = html(canned[name] ?? clean);
    const tags = [...page.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)];
    expect([...new Set(tags.map((tag) => tag[2] ?? ''))].filter((tag) => !ours.includes(tag))).toEqual([]);
    expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
    expect(byteLength(render(canned[name] ?? clean))).toBeLessThan(jobSummaryMaxBytes);
  });

  it('tells of each blocking finding what, where, why and how to mend it', () => {
    const page = html(blocked);
    expect(page).toContain('<strong>critical</strong> <code>cel/privileged</code> Container web runs privileged');
    expect(page).toContain('<code>charts/shop/values.yaml:12:15</code>: Deployment shop/api');
    expect(page).toContain('Why: A privileged container has every capability');
    expect(page).toContain('Fix: Set securityContext.privileged to false.');
    expect(page).toContain('href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">kubernetes.io</a>');
  });

  it('has as many rows in its tables as there are engines, environments, allowed findings and things looked at', () => {
    const rows = html(blocked).match(/<tr>/g)?.length ?? 0;
    const heads = 5;
    const severityRows = 5;
    expect(rows).toBe(
      heads +
        severityRows +
        blocked.engines.length +
        Object.keys(blocked.policies).length +
        blocked.counts.allow +
        blocked.ledger.length,
    );
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
