import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publishContext } from '../../../test/support/changes.ts';
import { canned, clean, huge, renderContext } from '../../../test/support/verdicts.ts';
import type { Verdict } from '../../model/verdict.ts';
import { byteLength } from '../text.ts';
import { htmlReporter } from './reporter.ts';

const render = (verdict: Verdict): string => htmlReporter.render(verdict, renderContext);
const inside = (page: string, tag: string): string => page.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? '';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
const ours = new Set(
  (
    'html head meta title style body a div header h1 h2 h3 nav button main p strong dl dt dd time table caption thead tbody tr th td ' +
    'section form label b input fieldset legend span details summary kbd code ol li br footer script pre'
  ).split(' '),
);

/** How a page behaves is in test/reports/html.browser.test.ts; this tests its text. */
describe('the HTML report', () => {
  it.each(Object.entries({ ...canned, huge }))('holds nothing but our tags, each closed: %s', (_name, verdict) => {
    const page = render(verdict);
    const markup = page.replace(inside(page, 'script'), '').replace(inside(page, 'style'), '');
    const tags = [...markup.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)];
    expect(tags.map(([, , tag]) => tag ?? '').filter((tag) => !ours.has(tag))).toEqual([]);
    const without = ['meta', 'input', 'br'];
    for (const tag of [...ours].filter((one) => !without.includes(one))) {
      const count = (slash: string): number => tags.filter(([, found, of]) => found === slash && of === tag).length;
      expect(count('/'), tag).toBe(count(''));
    }
  });

  it('allows its own style and script by their hashes, and nothing else', () => {
    const page = render(clean);
    const [, policy = ''] = page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/) ?? [];
    expect(policy.replaceAll('&apos;', "'").split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${sha256(inside(page, 'style'))}'`,
      `script-src 'sha256-${sha256(inside(page, 'script'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('shows which change was judged, and by which run', () => {
    const page = htmlReporter.render(clean, publishContext);
    expect(page).toContain(`<a href="https://github.example/octo/shop/commit/${'a'.repeat(40)}"`);
    expect(page).toContain(
      'href="https://github.example/octo/shop/pull/7" rel="noreferrer noopener">pull request 7</a> into <code>main</code>',
    );
    expect(page).toContain(`href="${publishContext.change.run.url}" rel="noreferrer noopener">4711, attempt 1</a>`);
  });

  it('shows the rendered difference, with its text escaped', () => {
    const resource = {
      change: 'changed',
      label: 'Deployment shop/<b>web</b>',
      source: { file: 'charts/shop/templates/web.yaml', line: 3 },
      lines: ['@@ -1,1 +1,1 @@', '-  image: a', '+  image: <script>'],
      left: 2,
    } as const;
    const difference = {
      deployables: [{ unit: 'charts/shop', environments: ['production'], resources: [resource] }],
      counts: { added: 0, changed: 1, removed: 0 },
      unchanged: 7,
      notCompared: [{ what: 'chart redis', side: 'base', reason: 'it was not fetched' }],
    } as const;
    const page = render({ ...clean, difference });
    expect(page).toContain('Rendered difference: 1 resource changed, 1 item not compared</h2>');
    expect(page).toContain('<code>chart redis</code> was not rendered on the base');
    expect(page).toContain('Deployment shop/&lt;b&gt;web&lt;/b&gt;');
    expect(page).toContain('<span class="added">+  image: &lt;script&gt;</span></pre><p>2 more lines.</p>');
    expect(render(clean)).not.toContain('id="difference"');
  });

  it('has all of 5,000 findings in less than 10 MB', () => {
    const page = render(huge);
    expect(new Set(page.match(/Finding number \d+ of/g)).size).toBe(5_000);
    expect(byteLength(page)).toBeLessThan(10_000_000);
  });

  it('leaves out the least where there is more than that, and counts it', () => {
    const twice = [...huge.findings, ...huge.findings];
    const page = render({ ...huge, coverage: [], findings: twice.toSorted((a, b) => a.action.localeCompare(b.action)) });
    expect(byteLength(page)).toBeLessThan(10_000_000);
    const shown = page.match(/<li /g)?.length ?? 0;
    const left = [...page.matchAll(/<b>(\d+) more<\/b> did not fit/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(shown).toBeGreaterThan(5_000);
    expect(shown + left).toBe(10_000);
    expect(page.match(/<li class="critical"/g)?.length).toBe(40);
  });
});
