import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import { readQuickly } from './quick.ts';
import { locateSpot } from './spot.ts';
import { parseFully } from './yaml.ts';

const root = path.join(import.meta.dirname, '../..');
const samples = ['examples', 'test/fixtures', 'policies'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8')),
);
const own = [
  '# top\n\na: 1 # c\nb:\n  - x\n  - name: yy\n    v: 2\n# next\nc:\n- z\n- k: v\n\nd: |\n  text\n    more\n\n  end\n\ne: |-\n  q\nf: {a: b, c: [1, 2.5, "x y", \'z\']}\ng: []\nh: {}\n',
  '---\na:\n  b:\n    c: d\n---\n# only\n---\nx: z\n',
  'a:\n  - |\n    lit\n    two\n  - "q # x"   # c\n  - \'w\'\nb:\n',
  'k:\n- a:\n  b:\n- c: |\n    x\n  d: e\nl:\n',
  'a: b\n  c\n   d\ne:\n  - f g\n    h\n  - --log-level=info\n',
  'a: "b \\"c\n  d  \n   e\\n "   # f\ng:\n- "h\n  i"\n- "j\\\\"\n',
  'a: >-\n  b\n  # c\n  d: e\n\nf:\n- >\n  g\n  h\n\n\n- i: >\n    j\n  k: l\n',
  'a: 1\n  2\nb: true\n  false\nc: -x\n  -y\n',
  'a: {b: [c, {d: e}],\n  f: "g"} # h\ni: [\n  j,\n  "k"\n  ]\nm: [{"n":o}, {p: q}]\n',
  '- a # b\n# c\n\n  # d\n- e:\n  # f\n    g: >\n      h\n\n        i\n  # j\n',
];

/** Every path there is, and next to each one that is not. */
function pathsOf(value: JsonValue, at: FieldPath = []): readonly FieldPath[] {
  const entries: readonly (readonly [string | number, JsonValue])[] = isArray(value)
    ? value.map((item, index) => [index, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [at, [...at, 'missing'], [...at, 0], ...entries.flatMap(([step, item]) => pathsOf(item, [...at, step]))];
}

/** All that a caller can learn of a text; undefined where the quick reader leaves it to the full parser. */
function bothWays(text: string): readonly [unknown, unknown] | undefined {
  const quick = readQuickly(text);
  if (quick === undefined) return undefined;
  const full = parseFully({ file: 'f', text });
  return [
    quick.map(({ value, spot }) => [value, spot.line, pathsOf(value).map((at) => locateSpot(spot, at, 'f'))]),
    full.map(({ value, line, locate }) => [value, line, pathsOf(value).map((at) => locate(at))]),
  ];
}

function agrees(text: string): boolean {
  const both = bothWays(text);
  if (both !== undefined) expect(both[0]).toEqual(both[1]);
  return both !== undefined;
}

describe('readQuickly', () => {
  it('reads files of this repository, and as the full parser does', () => {
    const read = samples.filter(agrees);
    expect(read.length).toBeGreaterThan(10);
  });

  it.each(own)('reads %j as the full parser does', (text) => expect(agrees(text)).toBe(true));

  it('reads each scalar as the full parser does, wherever it is', () => {
    const words =
      'a 1 -1 0 -0 1.0 1.25 100m 64Mi e5 E-5 e12345 .5 .inf -.inf +.INF .NaN 0x1F 0b1 0o7 010 08 1e3 1e 1_000 _1 ~ y Y yes n On off null Null NULL true True TRUE tRue << = - -- --- --x -x /a $(x) (a) 12:30 2001-01-01 1.2.3 10.0.0.1 0. .. ... a:b a#b a,b a]b a{b} @a %a &a *a !a |a >a ?a :a `a a\\b 123456789012345 1234567890123456 0.1234567 1000000000.5 x" a\'b "a" "" \'\' "a\\n" "a"b __proto__ constructor';
    const places = [
      'k: W\n',
      'k: [W]\n',
      'k: {a: W}\n',
      'k:\n- W\n',
      'W: v\n',
      'k: {W: v}\n',
      '- W: 1\n',
      'k: W # c\n',
      'k: W: 1\n',
      'k: W',
      'k: W\n  W\n',
      'k:\n- W\n  W x\nl: x\n  W\n',
      'k: "W\n  W"\n',
      'k: >-\n  W\n  W\n',
      'k: [W, W]\n',
      'k: {W, a: b}\n',
      'k: {a: b,W: c}\n',
      'k: [\n  W,\n  b\n  ]\n',
      'k: {? W : W}\n',
      '? W\n: W\n',
      'k: {"W":W}\n',
      'W : b\n',
      "k: 'W\n\n  W'\n",
      'k: |\n  W\n\n   W\n',
      'k: |+\n  W\n\nl: W\n',
      'k: |2\n   W\nl: W\n',
    ];
    const texts = words.split(' ').flatMap((word) => places.map((place) => place.replace('W', () => word)));
    expect(texts.filter(agrees).length).toBeGreaterThan(150);
  });

  it.each([
    'a: 1\na: 2\n',
    'a: &x 1\n',
    'a: *x\n',
    'a: !t 1\n',
    'a: ! 1\n',
    'a: !!str 1\n',
    '<<: {a: b}\n',
    '"<<": {a: b}\n',
    '__proto__: a\n',
    'yes: a\n',
    '1: a\n',
    '~: a\n',
    '{a: b}: c\n',
    'a: .inf\n',
    '%YAML 1.2\n---\na: 1\n',
    'a: 1\n...\n',
    '\tb: 1\n',
    'a: 1\r\n',
    '\ufeffa: 1\n',
    'a: b\n  c: d\n',
    'a: "b\n',
    'a: "b\nc"\n',
    'a: "b\n  c" d\n',
    'a: "b"#c\n',
    'a: [b]#c\n',
    'a: {b: 1\n',
    'a: {b:, c: d}\n',
    'a: {b, c}\n',
    'a: [b: c]\n',
    'a: [?b]\n',
    'a: [b:]\n',
    'a: [\nb]\n',
    'a:\n-\n',
    'a:\n  # c\n  b\n',
    '? a\n',
    'a: |+\n  x\n\nb: c\n',
    'a: |\n\n\nb: c\n',
    'a: >-\n  b\n    \nc: d\n',
    '  {a: b}\n',
    'a\n',
    '# x\u2028a: 1\nb: 1\n',
    `${'[{a: '.repeat(40)}`,
  ])('leaves %j to the full parser', (text) => expect(readQuickly(text)).toBeUndefined());

  it('agrees with the full parser on files with any lines and characters mixed in', () => {
    const line = fc.constantFrom(
      'a:',
      '- a',
      '- a: b',
      'x: |',
      'x: >-',
      '- |',
      '- - a',
      'b: {c: d}',
      'z: [1, 2]',
      '"q": 1',
      '? a',
      '- # c',
      'k: v',
      '-',
      'e: ""',
      '# c',
      '',
      '---',
      '...',
      'k: v # c',
      'l: # c',
      'd: e f  ',
      'w: "x',
      'y" # z',
      'u: v w',
      't: >',
      "s: 'x",
      "y'",
      'r: [',
      ']',
      'q: {',
      '}',
      'p: |+',
      'o: |2',
      '- [a, b: c]',
      '- {a, b: c}',
      '&x',
      '!!str a',
    );
    const piece = fc.constantFrom(
      ' ',
      '#',
      ':',
      ': ',
      ' #',
      '-',
      '- ',
      '\n',
      '|',
      '{',
      '}',
      '[',
      ']',
      ',',
      ', ',
      '"',
      "'",
      '&a',
      '!',
      'é',
      '0',
      '.',
      '\t',
      '? ',
      '\n\n',
      '>',
      '%',
      '\\',
      '\n  ',
      '*a',
      '<<: ',
    );
    const change = fc.record({
      at: fc.nat(60),
      indent: fc.nat(8),
      line: fc.option(line),
      piece: fc.option(piece),
      drop: fc.boolean(),
    });
    let read = 0;
    holds(
      fc.property(
        fc.constantFrom(...samples.filter((text) => readQuickly(text) !== undefined), ...own),
        fc.nat(40),
        fc.array(change, { maxLength: 3 }),
        (text, from, changes) => {
          const lines = text
            .split('\n')
            .slice(from % 3 === 0 ? from : 0)
            .slice(0, 60);
          for (const { at, indent, line, piece, drop } of changes) {
            const place = at % (lines.length + 1);
            if (line !== null) lines.splice(place, drop ? 1 : 0, ' '.repeat(indent) + line);
            const old = lines[place] ?? '';
            if (piece !== null) lines[place] = old.slice(0, indent) + piece + old.slice(indent);
          }
          if (agrees(lines.join('\n'))) read += 1;
        },
      ),
      1_500,
    );
    expect(read).toBeGreaterThan(150);
  });
});
