import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import { oneLine, reveal, shorten, wrap } from './text.ts';

const unicode = fc.string({ unit: 'binary', maxLength: 200 });

describe('reveal', () => {
  it('shows what would steer, hide or reorder', () => {
    expect(reveal('a\u001b[31mb\u202ec\u200b')).toBe('a\\u{1b}[31mb\\u{202e}c\\u{200b}');
    expect(reveal('\ud800 \ud83d\ude00 \u{e0041}')).toBe('\\u{d800} 😀 \\u{e0041}');
  });

  it('keeps lines of any kind and plain text', () => {
    expect(reveal('é\tü\r\nz')).toBe('é\tü\nz');
  });

  it('leaves no control, format or lone surrogate behind, but tab and newline', () => {
    holds(fc.property(unicode, (text) => !/[^\P{Cc}\t\n]|[\p{Cs}\p{Bidi_Control}]/u.test(reveal(text))));
  });
});

describe('oneLine', () => {
  it('never breaks a line', () => {
    holds(fc.property(unicode, (text) => !/[\n\r\v\f\u0085\u2028\u2029]/.test(oneLine(text))));
  });
});

describe('shorten', () => {
  it('is within the limit and never cuts a character in two', () => {
    holds(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const short = shorten(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(short).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
      }),
    );
  });
});

describe('wrap', () => {
  it('keeps every word, and lines short unless one word is longer', () => {
    holds(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), 20);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length <= 20 || !line.includes(' ')).toBe(true);
      }),
    );
  });
});
