import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { holds } from '../../test/support/property.ts';
import { type JsonValue, stringifyJson } from '../model/json.ts';
import { editText, type Where } from './edit.ts';
import { readSource } from './source.ts';
import { equal, type Operation, patched } from './value.ts';

function edited(text: string, document: number, operation: Operation, where: Where): string | undefined {
  const source = readSource(text);
  return source === undefined ? undefined : editText(source, document, [operation], where);
}
const edit = (text: string, op: Operation['op'], pointer: string, value: JsonValue, where: Where = 'end') =>
  edited(text, 0, { op, path: pointer.split('/').slice(1), value }, where);

describe('editText', () => {
  it('replaces a value and nothing else of its line', () => {
    expect(edit('a:\n  privileged:   true   # why\n', 'replace', '/a/privileged', false)).toBe(
      'a:\n  privileged:   false   # why\n',
    );
    expect(edit("a: 'x' # q\n", 'replace', '/a', "it's")).toBe("a: 'it''s' # q\n");
    expect(edit('{a: [1, 2]}\n', 'replace', '/a/1', 'no')).toBe('{a: [1, "no"]}\n');
  });

  it('adds a mapping as deep as its neighbours, behind their comments', () => {
    const text = 'spec:\n    containers:\n    -   name: web # one\n        image: x # two\n    # three\n';
    expect(edit(text, 'add', '/spec/containers/0/resources', { limits: { memory: '1Gi' } })).toBe(
      'spec:\n    containers:\n    -   name: web # one\n        image: x # two\n        resources:\n          limits:\n            memory: 1Gi\n    # three\n',
    );
    expect(edit(text, 'add', '/spec/containers/0/tty', false, 'start')).toBe(
      'spec:\n    containers:\n    -   name: web # one\n        tty: false\n        image: x # two\n    # three\n',
    );
  });

  it('adds to flow collections, and to lists at their end', () => {
    expect(edit('resources: {} # none\n', 'add', '/resources/limits', { cpu: '1' })).toBe(
      'resources: # none\n  limits:\n    cpu: "1"\n',
    );
    expect(edit('resources: { a: 1 } # one\n', 'add', '/resources/limits', { cpu: '1' })).toBe(
      'resources: { a: 1, limits: { cpu: "1" } } # one\n',
    );
    expect(edit('a: { b: [1, [2]] }', 'add', '/a/b/-', 3)).toBe('a: { b: [1, [2], 3] }');
    expect(edit('a:\n- x: 1\n  y: |\n    t\nb: 1', 'add', '/a/1', { z: [1], w: {} })).toBe(
      'a:\n- x: 1\n  y: |\n    t\n- z:\n    - 1\n  w: {}\nb: 1',
    );
  });

  it('writes strings so that no YAML reads something else', () => {
    for (const text of [
      'yes',
      'on',
      'null',
      '~',
      '1e3',
      '0o17',
      '017',
      '12:30:45',
      '2026-01-01',
      'a: b',
      '#x',
      '',
      ' x',
      '\n',
      '<<',
      '.5',
      '=',
    ]) {
      const after = edit('a: 1\n', 'replace', '/a', text) ?? '';
      for (const version of ['1.1', '1.2'] as const) expect(parse(after, { version })).toEqual({ a: text });
      expect(after.split('\n')).toHaveLength(2);
    }
  });

  it.each([
    ['a key that is there already', 'a: 1\n', 'add', '/a', 2],
    ['a key that is not there', 'a: 1\n', 'replace', '/b', 2],
    ['a parent that is missing', 'a: 1\n', 'add', '/b/c', 2],
    ['what is right already', 'a: 2\n', 'replace', '/a', 2],
    ['a map by a scalar', 'a: { b: 1 }\n', 'replace', '/a', 2],
    ['a block scalar', 'a: |\n  x\n', 'replace', '/a', 'y'],
    ['an aliased value, which is used twice', 'a: &x 1\nb: *x\n', 'replace', '/a', 2],
    ['an alias', 'a: &x { c: 1 }\nb: *x\n', 'add', '/b/d', 2],
    ['a map that another one has by alias', 'a: &x\n  c: 1\nb: *x\n', 'add', '/a/d', 2],
    ['what comes by a merge', 'a: &x { c: 1 }\nb:\n  <<: *x\n', 'replace', '/b/c', 2],
    ['a tagged value', 'a: !!str 1\n', 'replace', '/a', 2],
    ['a duplicate key', 'a: 1\na: 2\n', 'replace', '/a', 3],
    ['a list item in the middle', 'a: [1, 2]\n', 'add', '/a/0', 3],
    ['a text whose blank lines count', 'a:\n  b: |+\n    x\n\nc: 1\n', 'add', '/a/d', 3],
  ] as const)('leaves alone %s', (_what, text, op, pointer, value) => {
    expect(edit(text, op, pointer, value)).toBeUndefined();
  });

  it('takes a merged key for what it is: adding it overrides', () => {
    expect(edit('a: &x { c: 1 }\nb:\n  <<: *x\n', 'add', '/b/d', 2)).toBe('a: &x { c: 1 }\nb:\n  <<: *x\n  d: 2\n');
    expect(edit('a: &x { c: 1 }\nb:\n  <<: *x\n', 'add', '/b/c', 2)).toBeUndefined();
  });

  it('puts a digest behind the very reference that it belongs to', () => {
    const digest = `@sha256:${'1'.repeat(64)}`;
    expect(edit('image: web:1 # it\n', 'replace', '/image', `web:1${digest}`)).toBe(`image: web:1${digest} # it\n`);
    expect(edit('image: web:2 # kustomize makes it 1\n', 'replace', '/image', `web:1${digest}`)).toBeUndefined();
  });

  it('edits the given document', () => {
    const operation: Operation = { op: 'replace', path: ['a'], value: 2 };
    expect(edited('a: 1\n---\na: 1 # b\n', 1, operation, 'end')).toBe('a: 1\n---\na: 2 # b\n');
  });

  it.each([
    ['a line of a map', 'a: 1\nb: 2 # b\nc: 3\n', '/b', 2, 'a: 1\nc: 3\n'],
    ['the first key of a list item', 'p:\n  - h: 80\n    c: 80 # c\n', '/p/0/h', 80, 'p:\n  - c: 80 # c\n'],
    ['the last key of a list item', 'p:\n  - c: 80\n    h: 80\n  - c: 1\n', '/p/0/h', 80, 'p:\n  - c: 80\n  - c: 1\n'],
    ['the only key of a map', 'm:\n  a:\n    k: v\n  b: 1\n', '/m/a/k', 'v', 'm:\n  a: {}\n  b: 1\n'],
    ['a list item', 'a:\n- x\n- w # w\n- z\n', '/a/1', 'w', 'a:\n- x\n- z\n'],
    ['the only list item', 'a:\n  - x\nb: 1\n', '/a/0', 'x', 'a: []\nb: 1\n'],
    ['an item in brackets', 'a: [x, w, z]\n', '/a/1', 'w', 'a: [x, z]\n'],
    ['the last item in brackets', 'a: [x, w] # c\n', '/a/1', 'w', 'a: [x] # c\n'],
    ['a map with the lines below it', 'a:\n  b:\n    c: 1\n  # d\n  d: 1\n', '/a/b', { c: 1n }, 'a:\n  # d\n  d: 1\n'],
    ['an item that is elsewhere in this list', 'a: [z, w]\n', '/a/0', 'w', 'a: [z]\n'],
  ] as const)('removes %s', (_what, text, pointer, value, wanted) => {
    expect(edit(text, 'remove', pointer, value)).toBe(wanted);
  });

  it.each([
    ['another value', 'a: 1\nb: 2\n', '/a', 2],
    ['an item that is there twice', 'a: [w, x, x]\n', '/a/0', 'x'],
    ['the first key of an item, with a comment behind it', 'p:\n  - h: 80 # why\n    c: 80\n', '/p/0/h', 80],
  ] as const)('does not remove %s', (_what, text, pointer, value) => {
    expect(edit(text, 'remove', pointer, value)).toBeUndefined();
  });

  it('gives the patched document with every comment kept, for any document', () => {
    holds(
      fc.property(scenario, ({ text, operation, where }) => {
        fc.pre(!equal(patched(parse(text), operation), parse(text)));
        const after = edited(text, 0, operation, where);
        if (after === undefined) throw new Error(`refused:\n${text}\n${stringifyJson([...operation.path, operation.value])}`);
        for (const version of ['1.1', '1.2'] as const) {
          const wanted = patched(parse(text, { version }), operation);
          expect(equal(parse(after, { version }), wanted)).toBe(true);
        }
        expect(after.match(/#c\d+#/g)).toEqual(text.match(/#c\d+#/g));
        expect(linesLost(text, after)).toBeLessThanOrEqual(operation.op === 'replace' || isFlow(text) ? 1 : 0);
      }),
      150,
    );
  });

  it('removes what is named and nothing else, or nothing at all, in any document', () => {
    let count = 0;
    holds(
      fc.property(scenario, ({ text, removal }) => {
        fc.pre(removal !== undefined);
        const after = edited(text, 0, removal, 'end');
        if (after === undefined) return;
        count += 1;
        for (const version of ['1.1', '1.2'] as const)
          expect(equal(parse(after, { version }), patched(parse(text, { version }), removal))).toBe(true);
      }),
      150,
    );
    expect(count).toBeGreaterThan(50);
  });
});

/** Lines that are not there any more, all else being in its order. */
function linesLost(before: string, after: string): number {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return old.length - head - tail;
}

const isFlow = (text: string): boolean => /[{[]/.test(text);
const word = fc.constantFrom('name', 'image', 'a', 'b1', 'limits', 'yes', '8', 'x.y/z', 'key with space');
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.constantFrom(
    'web',
    'nginx:1.25',
    'on',
    '512Mi',
    '0.5',
    'a # b',
    'x: y',
    "it's",
    '"q"',
    'reg.example/a@sha256:ab',
    '- x',
    '',
    'ä😀',
  ),
);
const tree: fc.Arbitrary<JsonValue> = fc.letrec<{ node: JsonValue }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.dictionary(word, tie('node'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node;

/** A document as people write them (any indentation, comments anywhere, some of it in flow style) and an operation that fits it. */
const scenario = fc
  .record({
    root: fc.dictionary(word, tree, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
    choices: fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }),
    value: fc.oneof(scalar, fc.constant({ limits: { cpu: '1', memory: '1Gi' } }), fc.constant(['ALL'])),
    where: fc.constantFrom('end', 'start'),
  })
  .map(({ root, choices, value, where }) => {
    let used = 0;
    let comments = 0;
    const choose = (count: number): number => (choices[used++ % choices.length] ?? 0) % count;
    const comment = (): string => `#c${comments++}#`;
    const places: Operation[] = [];
    const removals: Operation[] = [];
    const note = (node: JsonValue, path: readonly string[]): void => {
      if (path.length > 0) removals.push({ op: 'remove', path, value: node });
      if (typeof node !== 'object' || node === null) {
        if (typeof value !== 'object') places.push({ op: 'replace', path, value });
      } else if (Array.isArray(node)) places.push({ op: 'add', path: [...path, '-'], value });
      else if (!Object.hasOwn(node, 'added')) places.push({ op: 'add', path: [...path, 'added'], value });
    };
    const write = (node: JsonValue, margin: number, path: readonly string[]): readonly string[] => {
      note(node, path);
      if (typeof node !== 'object' || node === null || Object.keys(node).length === 0 || (path.length > 0 && choose(6) === 0)) {
        for (const [key, item] of typeof node === 'object' && node !== null ? Object.entries(node) : [])
          flow(item, [...path, key]);
        return [`${stringifyJson(node).replaceAll(',', ', ').replaceAll('":', '": ')}${choose(3) === 0 ? ` ${comment()}` : ''}`];
      }
      const isList = Array.isArray(node);
      const pad = ' '.repeat(margin);
      return Object.entries(node).flatMap(([key, item]: [string, JsonValue]) => {
        const before = choose(4) === 0 ? [`${pad}${comment()}`] : [];
        const isOpen = typeof item === 'object' && item !== null;
        const deeper = margin + (isList ? 2 + choose(3) : Array.isArray(item) ? choose(3) * 2 : 2 + choose(3));
        const lines = write(item, deeper, [...path, key]);
        const head = isList ? '-' : `${JSON.stringify(key)}:`;
        const isBlock =
          isOpen &&
          lines[0]?.startsWith(' '.repeat(deeper)) === true &&
          /^\s*(?:- |-$|"[^"]*":|#c)/.test(lines[0]) &&
          !/^[{[]/.test(lines[0]);
        if (!isBlock) return [...before, `${pad}${head} ${lines.join('\n')}`];
        if (isList && !lines[0]?.trimStart().startsWith('#'))
          return [...before, `${pad}-${(lines[0] ?? '').slice(margin + 1)}`, ...lines.slice(1)];
        return [...before, `${pad}${head}${choose(4) === 0 ? ` ${comment()}` : ''}`, ...lines];
      });
    };
    const flow = (node: JsonValue, path: readonly string[]): void => {
      note(node, path);
      if (typeof node === 'object' && node !== null) for (const [key, item] of Object.entries(node)) flow(item, [...path, key]);
    };
    const text = `${write(root, choose(3), []).join('\n')}\n${choose(2) === 0 ? `${comment()}\n` : ''}`;
    const operation = places[choose(places.length)];
    const removal = removals[choose(removals.length)];
    return { root, text, where, removal, operation: operation ?? { op: 'add' as const, path: ['added'], value } };
  })
  // What the writer of this test gets wrong is not a document.
  .filter(({ root, text }) => {
    try {
      return equal(parse(text, { version: '1.2' }), root);
    } catch {
      return false;
    }
  });
