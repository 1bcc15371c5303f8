import * as fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import { hostileText } from '../../test/support/verdicts.ts';
import { assemble, code, link, prose, type Section, table } from './markdown.ts';
import { byteLength } from './text.ts';

/** HTML as GitHub's parser makes it, raw tags let through so that a smuggled one shows. */
function html(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}
/** Only what was in the text: the tags that stay are ours. */
function tags(markdown: string): readonly string[] {
  return [...html(markdown).matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1] ?? '');
}
/** What a reader sees, as GitHub's filters for mentions and references get it. */
function textOf(markdown: string): string {
  return html(markdown)
    .replace(/<code>[\s\S]*?<\/code>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<');
}

const dangerous = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      '`',
      '|',
      '\\',
      '<',
      '>',
      '*',
      '_',
      '[',
      ']',
      '(',
      ')',
      '!',
      '#',
      '@',
      ':',
      '/',
      '.',
      '-',
      '+',
      '=',
      '~',
      '&',
      ';',
      '$',
      '\n',
      ' ',
      'a',
      'w',
      '1',
    ),
  }),
  fc
    .array(
      fc.constantFrom(
        '<b>',
        '@octocat',
        'https://e.example',
        'www.e.example',
        'a@b.example',
        '#1',
        'GH-1',
        '[a](b)',
        '![a](b)',
        '`',
        '|',
        '\\|',
        '&lt;',
        '&#64;x',
        '\n# h',
        '\n- i',
        '[^1]',
        '---',
        '  ',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(' ')),
);

describe('text from outside', () => {
  it('stays text in a paragraph', () => {
    holds(
      fc.property(dangerous, (text) => {
        expect(tags(`x ${prose(text)}`).filter((tag) => tag !== 'p')).toEqual([]);
      }),
      300,
    );
  });

  it('stays text at the start of a line', () => {
    holds(
      fc.property(dangerous, (text) => {
        expect(tags(prose(text)).filter((tag) => tag !== 'p')).toEqual([]);
      }),
      300,
    );
  });

  it('stays code as code', () => {
    holds(
      fc.property(dangerous, (text) => {
        expect(tags(code(text)).toSorted()).toEqual(['code', 'code', 'p', 'p']);
      }),
      300,
    );
  });

  it('keeps to its table cell', () => {
    holds(
      fc.property(dangerous, dangerous, (a, b) => {
        const cells = tags(table(['one', 'two', 'three'], [[prose(a), code(b), 'end']])).filter((tag) => tag === 'td');
        expect(cells).toHaveLength(6);
        expect(html(table(['one', 'two', 'three'], [[prose(a), code(b), 'end']]))).toContain('<td>end</td>');
      }),
      300,
    );
  });

  it('mentions nobody and refers to nothing', () => {
    holds(
      fc.property(dangerous, (text) => {
        const seen = textOf(`${prose(text)} and ${code(text)}`);
        expect(seen).not.toMatch(/@[\w-]|#\d|\bGH-\d|https?:\/\/|\bwww\.\w/i);
      }),
      300,
    );
  });

  it('is still readable', () => {
    expect(html(prose('a < b & c | d_e_f *g* \\ "h"'))).toBe('<p>a &lt; b &amp; c | d_e_f *g* \\ &quot;h&quot;</p>');
    expect(html(code('registry.example/a@sha256:0f'))).toBe('<p><code>registry.example/a@sha256:0f</code></p>');
  });

  it('survives the worst we could think of', () => {
    expect(tags(`${prose(hostileText)} ${code(hostileText)}`).toSorted()).toEqual(['code', 'code', 'p', 'p']);
  });
});

describe('link', () => {
  it('names its host and goes nowhere else', () => {
    const [, href, text] = /<a href="([^"]*)">([^<]*)<\/a>/.exec(html(link('https://a.example/x?b=1&copy=2') ?? '')) ?? [];
    expect(href).toBe('https://a.example/x?b=1&amp;copy=2');
    expect(text).toBe('a.example');
  });

  it('is one link or nothing, whatever the address', () => {
    holds(
      fc.property(dangerous, (text) => {
        const made = link(`https://a.example/${text}`);
        if (made !== undefined) expect(tags(made)).toEqual(['p', 'a', 'a', 'p']);
      }),
    );
    expect(link('javascript:alert(1)')).toBeUndefined();
  });
});

describe('assemble', () => {
  const section = (priority: number, count: number): Section => ({
    priority,
    head: `head ${priority}\n`,
    items: Array.from({ length: count }, (_, index) => `item ${priority}.${index} ü\n`),
    foot: (left) => (left === 0 ? '' : `${left} more\n`),
  });

  it('keeps all where there is room', () => {
    expect(assemble([section(2, 1), section(1, 1)], 1_000)).toBe('head 2\nitem 2.0 ü\nhead 1\nitem 1.0 ü\n');
  });

  it('gives the most important section its room first, and counts what it left out', () => {
    const text = assemble([section(2, 9), section(1, 3)], 90);
    expect(text).toContain('item 1.2');
    expect(text).toMatch(/item 2\.0 ü\n(item 2\.\d ü\n)*\d more\nhead 1/);
  });

  it('is never longer than it may be', () => {
    holds(
      fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 60, max: 600 }), (a, b, max) => {
        expect(byteLength(assemble([section(1, a), section(2, b)], max))).toBeLessThanOrEqual(max);
      }),
    );
  });
});
