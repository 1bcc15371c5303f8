import * as fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { finding } from '../../test/support/model.ts';
import { holds } from '../../test/support/property.ts';
import { aboutOf, proseWithCode, rulesOf } from './markdown-items.ts';

const html = (markdown: string): string =>
  micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });

describe('prose with code', () => {
  it('keeps a command as code, and the spaces around it', () => {
    expect(html(proseWithCode('Run `helm template a -f <b>` or @x.'))).toBe(
      '<p>Run <code>helm template a -f &lt;b&gt;</code> or @\u200bx.</p>',
    );
  });

  it('is prose and code only, however the backticks fall', () => {
    holds(
      fc.property(fc.string({ unit: fc.constantFrom(...'``` |\\<>b[]()!@#a-') }), (text) => {
        const page = html(proseWithCode(text));
        expect(page.replace(/<\/?(p|code)>/g, '')).not.toMatch(/[<>]/);
        expect(page.split('<code>').length).toBe(page.split('</code>').length);
      }),
      500,
    );
  });

  it('does not let two codes run into one', () => {
    expect(html(proseWithCode('`a``b`'))).toBe('<p><code>a</code>\u200b<code>b</code></p>');
  });
});

describe('what a finding is about', () => {
  it('lists each engine that reported it once', () => {
    const sources = ['cel', 'cel', 'trivy'].map((engine) => ({ engine, rule: 'some-rule', severity: 'high' as const }));
    expect(rulesOf(finding({ sources }))).toBe('`cel/some-rule`, `trivy/some-rule`');
  });

  it('names the image, its package and who uses it', () => {
    const subject = { kind: 'image', reference: 'a@sha256:0f', component: 'openssl 3' } as const;
    const resources = ['Pod a', 'Pod b', 'Pod c', 'Pod d'];
    expect(aboutOf(finding({ subject, resources }))).toBe(
      'image `a@sha256:0f` (`openssl 3`) in `Pod a`, `Pod b`, `Pod c`, 1 more',
    );
  });
});
