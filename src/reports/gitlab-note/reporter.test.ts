import { describe, expect, it } from 'vitest';
import { blocked, canned, clean, hostile, huge, renderContext } from '../../../test/support/verdicts.ts';
import { gitlabNoteBudgetBytes } from '../limits.ts';
import { byteLength } from '../text.ts';
import { gitlabNoteReporter } from './reporter.ts';

const site = {
  project: 'https://gitlab.example/octo/shop',
  sha: 'c'.repeat(40),
  job: 'https://gitlab.example/octo/shop/-/jobs/9',
};
const render = (verdict: typeof clean, part = {}): string => gitlabNoteReporter.render(verdict, { ...renderContext, ...part });

describe('the note on a merge request', () => {
  it('starts with its marker and the headline', () => {
    expect(render(blocked).split('\n').slice(0, 2)).toEqual([
      '<!-- k8s-gate:note -->',
      '## ⛔ 4 findings block this change, in 3 files',
    ]);
  });

  it('links files and the job on GitLab', () => {
    const text = render(blocked, { site, pathPrefix: 'my apps' });
    expect(text).toContain(`](<${site.project}/-/blob/${site.sha}/my%20apps/charts/shop/values.yaml#L12>)`);
    expect(text).toContain(`[Job](<${site.job}>)`);
    expect(text).not.toContain('github.example');
  });

  it('links nothing where the address of a variable has another scheme', () => {
    expect(render(blocked, { site: { ...site, project: 'javascript:alert(1)//', job: 'javascript:alert(1)' } })).not.toContain(
      '(<javascript',
    );
  });

  it.each(Object.keys(canned))('has no quick action and no reference of GitLab: %s', (name) => {
    const text = render(canned[name] ?? clean, { site });
    expect(text).not.toMatch(/^\//m);
    const words = text
      .replaceAll(/`[^`\n]*`|<code>.*?<\/code>|\]\(<[^>]*>\)/g, '')
      .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    expect(words).not.toMatch(/[@#!$&~^%]\w/);
  });

  it('writes a name that starts with a slash as text', () => {
    const [first] = blocked.findings;
    if (first === undefined) throw new Error('a finding');
    const finding = { ...first.finding, title: '/merge', detail: '/close', locations: [] };
    expect(render({ ...blocked, findings: [{ ...first, finding }] })).not.toMatch(/^\/(merge|close)/m);
  });

  it('is cut with a count that names where the rest is', () => {
    const text = render(huge, { site });
    expect(byteLength(text)).toBeLessThanOrEqual(gitlabNoteBudgetBytes + 100);
    expect(text).toMatch(/\*\*\d+ more\*\* did not fit here: see \[the artifacts of the job\]/);
    expect(byteLength(render(hostile))).toBeLessThanOrEqual(gitlabNoteBudgetBytes + 100);
  });
});
