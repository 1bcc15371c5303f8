import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policiesFrom } from '../../../test/agreement/policies.ts';
import { randomFrom } from '../../../test/agreement/random.ts';
import { resourcesFrom } from '../../../test/agreement/resources.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { withinBudget } from './budget.ts';
import { compile, reasonOf } from './environment.ts';
import { answer, type CelPolicy, loadPack } from './evaluate.ts';
import { meter } from './meter.ts';
import { questionAbout } from './question.ts';
import { shortcut } from './shortcuts.ts';

/** How a node is evaluated is decided when it is first evaluated, and an expression with a space more has nodes of its own. */
function quickly<T>(work: () => T): T {
  meter(new Environment().parse('true').ast, shortcut);
  return work();
}
function plainly<T>(work: () => T): T {
  meter(new Environment().parse('true').ast, () => undefined);
  try {
    return work();
  } finally {
    meter(new Environment().parse('true').ast, shortcut);
  }
}

function outcomeOf(text: string, root: object): unknown {
  const { value, spent } = withinBudget(() => {
    try {
      return { value: compile(text).run(root) };
    } catch (thrown) {
      return { thrown: reasonOf(thrown) };
    }
  });
  return { ...value, spent };
}

const pods = [
  [
    'a shape',
    {
      spec: {
        list: [{ name: 'a', on: true }, { name: 'b' }],
        text: 'x',
        number: 1n,
        none: {},
        empty: [],
        deep: { x: { y: 'z' } },
      },
    },
  ],
  [
    'another',
    { spec: { list: [{ name: 1n, on: 'yes' }, 'text'], text: true, number: 1.5, none: [], empty: {}, deep: { x: 'y' } } },
  ],
  ['nothing', {}],
  ['a list', { spec: [1n, 'a', true, [], {}] }],
  ['a text', { spec: 'spec' }],
  [
    'a member named constructor',
    { spec: { constructor: 'x', list: [{ constructor: 1n, name: 'a' }], deep: { constructor: {} } } },
  ],
] as const;

const expressions = [
  'object.spec.list.all(c, c.name == "a")',
  'object.spec.list.all(c, c.on)',
  'object.spec.list.exists(c, c.?on.orValue(false))',
  'object.spec.list.exists(c, c.name in ["a", "c"])',
  'object.spec.list.exists_one(c, c.name == "a")',
  'object.spec.list.filter(c, has(c.on)).map(c, c.name)',
  'object.spec.list.filter(c, c.name).size() == 1',
  'object.spec.list.map(c, c.name == "a", c.on)',
  'object.spec.list.map(c, object.spec.list.map(d, [d, c.name]))',
  'object.spec.none.all(k, k == "a") && object.spec.empty.map(k, k).size() == 0',
  'object.spec.?deep.?x.?y.orValue("none") == "z"',
  'object.?spec.?deep.?x.orValue({}).?y.orValue(1)',
  'object.?spec.?deep.?x.?y.hasValue() ? object.?spec.?deep : object.?spec.?none',
  '{"a": null}.?a.?b.orValue(1)',
  'object.?spec.orValue(object.nope)',
  'object.spec.text.orValue(1)',
  'object.spec.nope || object.spec.list.size() > 0',
  'object.spec.list.size() > 5 || object.spec.nope',
  'object.spec.text || object.spec.number',
  'object.spec.nope && object.spec.text',
  'false && object.spec.nope || object.spec.nope && false',
  'object.spec.text ? 1 : 2',
  'object.spec.list[0].name == object.spec.list[1].name',
  'object.spec.list[5] == object.spec.list[-1]',
  'object.spec["text"] + "x" == "xx"',
  '"a" in object.spec && "x" in object.spec.deep',
  'object.spec.text in object.spec.list || object.spec.text in [] || "a" in object.spec.empty',
  '"a" in object.spec.list.map(c, c.name)',
  'has(object.spec.deep.x) && !has(object.spec.deep.x.y)',
  'has(object.spec.?deep.?x.?y)',
  '!object.spec.text',
  '[object.spec.nope, object.spec.text.nope]',
  '[1, "a", object.spec.text] == [1, "a", "x"]',
  'object.spec.list.all(c, c.nope) || object.spec.list.exists(c, c.nope || true)',
  'cel.bind(v, object.spec.list, v.all(c, v.exists(d, d.name == c.name)))',
];

describe('a shortcut gives what cel-js gives', () => {
  it.each(expressions)('%s', (text) => {
    for (const [, object] of pods) {
      const root = { object };
      const plain = plainly(() => outcomeOf(`${text} `, root));
      expect(quickly(() => outcomeOf(text, root))).toEqual(plain);
    }
  });

  it('takes as many steps to the limit and past it', () => {
    const text = 'object.spec.list.all(c, object.spec.list.exists(d, d.name == c.name || c.?on.orValue(false)))';
    const ends = (written: string, steps: number) => {
      const asked = () => withinBudget(() => outcomeOf(written, { object: pods[0][1] }), steps).value;
      return written === text ? quickly(asked) : plainly(asked);
    };
    for (let steps = 1; steps < 60; steps += 1) {
      const reasons = [`${text} `, text].map((written) => JSON.stringify(ends(written, steps)).includes('steps'));
      expect(reasons[1]).toBe(reasons[0]);
    }
  });
});

function spaced(policy: JsonObject): JsonObject {
  const change = (value: JsonValue, key = ''): JsonValue => {
    if (isArray(value)) return value.map((item) => change(item));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]));
    return typeof value === 'string' && /expression$/i.test(key) ? `${value} ` : value;
  };
  return { ...policy, spec: change(policy.spec ?? {}) };
}

function loaded(objects: readonly JsonObject[]): readonly CelPolicy[] {
  return loadPack([{ path: 'p.yaml', text: objects.map((object) => JSON.stringify(object)).join('\n---\n') }]);
}

/** An object with something else in one of its places. */
function spoilt(object: JsonObject): fc.Arbitrary<JsonObject> {
  const places: (readonly (string | number)[])[] = [];
  const visit = (value: JsonValue | undefined, path: readonly (string | number)[]): void => {
    if (path.length > 1) places.push(path);
    if (isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(object, []);
  const put = (value: JsonValue | undefined, [step, ...rest]: readonly (string | number)[], other: JsonValue): JsonValue => {
    if (step === undefined) return other;
    if (isArray(value)) return value.map((item, index) => (index === step ? put(item, rest, other) : item));
    return isObject(value) ? { ...value, [step]: put(value[step], rest, other) } : other;
  };
  const others = fc.oneof(
    fc.constantFrom<JsonValue>('', 'a', 0, 1.5, true, null, [], {}, [{}], [null], { constructor: 'x' }, { name: {} }),
    fc.json({ maxDepth: 2 }).map((text): JsonValue => JSON.parse(text)),
  );
  return fc.tuple(fc.constantFrom(...places), others).map(([path, other]) => {
    const changed = put(object, path, other);
    return isObject(changed) ? changed : object;
  });
}

describe('policies', () => {
  const random = randomFrom(7);
  const pairs = policiesFrom(random, 60).flatMap(({ policy, binding, params }) => {
    const others = [...(binding === undefined ? [] : [binding]), ...params];
    try {
      return loaded([policy, ...others]).map((quick, index) => ({ quick, plain: loaded([spaced(policy), ...others])[index] }));
    } catch {
      return [];
    }
  });
  const objects = resourcesFrom(random, 30);

  it('are judged the same with shortcuts and without, for the same steps', () => {
    expect(pairs.length).toBeGreaterThan(60);
    const statuses = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...objects).chain((object) => fc.oneof(fc.constant(object), spoilt(object))),
        (object) => {
          const questions = [questionAbout(object, {}), questionAbout(object, {})] as const;
          for (const { quick, plain } of pairs) {
            if (plain === undefined) throw new Error('no policy to compare with');
            const wanted = plainly(() => withinBudget(() => answer(plain, questions[1])));
            const found = quickly(() => withinBudget(() => answer(quick, questions[0])));
            for (const { status } of found.value) statuses.add(status);
            expect(found.value).toEqual(wanted.value);
            expect(found.spent).toBeCloseTo(wanted.spent, 6);
          }
        },
      ),
      { numRuns: 40 },
    );
    expect([...statuses].toSorted()).toEqual(['error', 'fail', 'indeterminate', 'not-matched', 'pass']);
  }, 120_000);
});
