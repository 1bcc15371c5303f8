import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { publishContext } from '../../test/support/changes.ts';
import { clean, compared, hostileText, renderContext } from '../../test/support/verdicts.ts';
import type { RenderedDiff, ResourceDiff } from '../model/rendered-diff.ts';
import type { Verdict } from '../model/verdict.ts';
import { diffReporter } from './diff/reporter.ts';
import { jobSummaryReporter } from './job-summary/reporter.ts';
import { readReport } from './json/read.ts';
import { jsonReporter } from './json/reporter.ts';
import { commentBudgetBytes } from './limits.ts';
import { renderBody } from './pull-request-comment/body.ts';
import { terminalReporter } from './terminal/reporter.ts';
import { byteLength } from './text.ts';

const changed = (
  name: string,
  lines: readonly string[] = ['@@ -1,1 +1,1 @@', '-  replicas: 1', '+  replicas: 2'],
): ResourceDiff => ({
  change: 'changed',
  label: `Deployment shop/${name}`,
  source: { file: 'charts/shop/templates/web.yaml', line: 1 },
  lines,
});

function withDifference(resources: readonly ResourceDiff[], part: Partial<RenderedDiff> = {}, verdict = compared): Verdict {
  const difference: RenderedDiff = {
    deployables: resources.length === 0 ? [] : [{ unit: 'charts/shop', environments: ['production'], resources }],
    counts: { added: 0, changed: resources.length, removed: 0 },
    unchanged: 7,
    notCompared: [],
    ...part,
  };
  return { ...verdict, difference };
}

const reports: readonly (readonly [string, (verdict: Verdict) => string])[] = [
  ['comment', (verdict) => renderBody(verdict, publishContext)],
  ['job summary', (verdict) => jobSummaryReporter.render(verdict, renderContext)],
  ['diff', (verdict) => diffReporter.render(verdict, renderContext)],
  ['terminal', (verdict) => terminalReporter.render(verdict, renderContext)],
];
const markdown = reports.slice(0, 2);
const title = /Rendered difference/;

describe.each(reports)('the rendered difference in the %s', (name, render) => {
  it('is absent where the base was not rendered', () => {
    if (name === 'diff') expect(render(clean)).toBe('No rendered difference, because the base was not rendered.\n');
    else expect(render(clean)).not.toMatch(title);
  });

  it('is one line where nothing differs', () => {
    expect(render(withDifference([]))).toContain('Rendered difference: no resource differs');
  });

  it('counts one resource', () => {
    expect(render(withDifference([changed('web')]))).toContain('Rendered difference: 1 resource changed');
  });

  it('names what was not compared', () => {
    const notCompared = [{ what: 'charts/pay', side: 'base', reason: 'values.yaml is not YAML' }] as const;
    const text = render(withDifference([], { notCompared }));
    expect(text).toContain('1 item not compared');
    if (name !== 'terminal') expect(text).toMatch(/charts\/pay.* was not rendered on the base/);
  });
});

describe.each(markdown)('the rendered difference in the %s', (name, render) => {
  it('is folded, by deployable, with a block of code for each resource', () => {
    const text = render(withDifference([changed('web')]));
    expect(text).toContain(
      '**`charts/shop in production`**: 1 changed\n\nchanged `Deployment shop/web` (`charts/shop/templates/web.yaml:1`)\n\n```diff\n@@',
    );
    expect(text).toMatch(/<details><summary>Rendered difference: 1 resource changed<\/summary>/);
  });

  it('is cut to its share, between resources, with the number of those that are left out', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `+  key${index}: ${'x'.repeat(100)}`);
    const text = render(withDifference(Array.from({ length: 300 }, (_, index) => changed(`web-${index}`, lines))));
    const shown = text.match(/^changed /gm)?.length ?? 0;
    const left = Number(/\*\*(\d+) more\*\* did not fit here/.exec(text)?.[1]);
    expect(shown).toBeGreaterThan(0);
    expect(shown + left).toBe(300);
    expect(byteLength(text)).toBeLessThan(name === 'comment' ? commentBudgetBytes : 900 * 1024);
    for (const { finding } of compared.findings.slice(0, 1)) expect(text).toContain(finding.title);
  });

  it('is cut within a long manifest, with the number of lines that are left out', () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `+  key${index}: x`);
    expect(render(withDifference([{ ...changed('web', lines), left: 500 }]))).toMatch(
      name === 'comment' ? /1420 more lines: see \[the job summary\]/ : /1100 more lines: see the diff report/,
    );
  });

  it.each([
    ['a fence', [' ```', '+````', ' ~~~', '   `````</details>']],
    ['tags', [' </code></pre></details><img src=x onerror=alert(1)><script>alert(1)</script>']],
    ['a mention, an issue and an address', ['+@octocat fixes #1 https://evil.example www.evil.example']],
    ['line breaks', ['+a\n```\n<img src=x>', '+b\r<img src=x>', '+c\u2028<img src=x>']],
    ['whatever else', [hostileText, `+${hostileText}`]],
  ])('shows %s in a manifest as text', (_what, lines) => {
    const hostile = { change: 'changed', label: hostileText, source: { file: hostileText, line: 1 }, lines } as const;
    const text = render(
      withDifference([hostile, changed('after')], {
        notCompared: [{ what: hostileText, side: 'base', reason: hostileText }],
      }),
    );
    const html = micromark(text, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
    const section = html.slice(html.indexOf('Rendered difference:'));
    expect(section).not.toMatch(/<(img|script|iframe)/);
    expect(section.match(/<pre><code class="language-diff">/g)).toHaveLength(2);
    const outside = section.replace(/<code[^>]*>[\s\S]*?<\/code>/g, '');
    expect(outside).not.toMatch(/@octocat|evil\.example"/);
    expect(outside).toContain('</details>');
  });
});

describe('the diff report', () => {
  it('has a header for each resource that tools for diffs know', () => {
    const [web, gone] = [changed('web'), { ...changed('old'), change: 'removed' } as const];
    expect(diffReporter.render(withDifference([web, { ...web, change: 'added' }, gone]), renderContext)).toMatch(
      /^--- base charts\/shop in production: Deployment shop\/web \(charts\/shop\/templates\/web\.yaml:1\)\n\+\+\+ change charts[^\n]*\n@@ -1,1 \+1,1 @@\n- {2}replicas: 1\n\+ {2}replicas: 2\n--- \/dev\/null\n\+\+\+ change [\s\S]*\+\+\+ \/dev\/null\n/m,
    );
  });

  it('shows all of 300 resources', () => {
    const text = diffReporter.render(
      withDifference(Array.from({ length: 300 }, (_, index) => changed(`web-${index}`))),
      renderContext,
    );
    expect(text.match(/^@@/gm)).toHaveLength(300);
  });

  it('has no command of a runner and nothing that steers a terminal, and keeps the indentation', () => {
    const lines = [' ::error::x', '+    ::stop-commands::y', '-a ##[group]', '+\u001b[31mred\u202e', '+      image: a'];
    const text = diffReporter.render(withDifference([changed('web', lines)]), { ...renderContext, color: false });
    expect(text).not.toMatch(/^\W*::|##\[|\p{Cc}(?<!\n)|\u202e/mu);
    expect(text).toContain('\n+      image: a\n');
  });

  it('is colored on a terminal only', () => {
    const verdict = withDifference([changed('web', ['+a', '-b', '! critical cel/privileged: x'])]);
    const colored = diffReporter.render(verdict, { ...renderContext, color: true });
    expect(colored).toContain('\u001b[32m+a\u001b[0m\n\u001b[31m-b\u001b[0m\n\u001b[1;31m! critical');
    expect(diffReporter.render(verdict, renderContext)).not.toContain('\u001b');
  });
});

it('the JSON report hands the rendered difference on to the job that publishes it', () => {
  const verdict = withDifference([{ ...changed('web'), left: 3 }], { notCompared: [{ what: 'a', side: 'change', reason: 'b' }] });
  const { difference } = readReport(jsonReporter.render(verdict, renderContext), 'report.json').verdict;
  expect(difference).toEqual(verdict.difference);
});
