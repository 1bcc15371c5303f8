import { describe, expect, it } from 'vitest';
import { Budget, lesserWeight, TooCostly, weigh } from './budget.ts';
import { createCompiler } from './compiler.ts';

const compile = createCompiler();

const params = Array.from({ length: 300 }, (_, index) => BigInt(index));
const text = 'a'.repeat(100_000);
const nested = 'params.all(a, params.all(b, params.all(c, params.all(d, a + b + c + d >= 0))))';

function stepsOf(expression: string, length: number): number {
  const budget = new Budget();
  compile(expression).run({ params: params.slice(0, length), object: { text } }, budget);
  return budget.spent;
}

describe('the budget of an evaluation', () => {
  it.each([
    ['nested loops', nested],
    ['nested loops of which the error is swallowed', `${nested} || true`],
    ['loops that make lists', 'params.map(a, params.map(b, params.map(c, [a, b, c]))).size() > 0'],
    ['loops over keys', 'params.all(a, params.all(b, {"x": 1, "y": 2}.all(k, {"x": 1}.exists(l, params.exists(m, m > 5)))))'],
    ['loops behind has()', 'params.all(a, params.all(b, params.all(c, !has(object.nope) && a < 1000)))'],
    ['one expensive function', 'params.all(a, params.all(b, params.distinct().size() > 3))'],
    ['looking for each item in a list', 'params.all(a, params.all(b, params.all(c, c in params)))'],
    ['long texts', 'params.all(a, params.all(b, object.text.contains("b") || true))'],
    ['patterns on long texts', 'params.all(a, object.text.matches("(a{30}){30}b") || true)'],
    ['comparing lists', 'params.all(a, params.all(b, params == params.map(p, p)))'],
    [
      'lists that double',
      `[${Array(12).fill('params').join(' + ')}].all(a, ${'[a + a].all(a, '.repeat(20)}true${')'.repeat(21)}`,
    ],
    ['texts that grow', 'object.text.replace("a", object.text) == ""'],
  ])('stops %s', (_, expression) => {
    const program = compile(expression);
    expect(() => program.run({ params, object: { text } }, new Budget())).toThrow(TooCostly);
  });

  it('counts the same steps each time', () => {
    const once = stepsOf('params.all(a, a >= 0)', 100);
    expect(once).toBeGreaterThan(300);
    expect(stepsOf('params.all(a, a >= 0)', 100)).toBe(once);
    expect(stepsOf('params.all(a, a >= 0)', 200) / once).toBeCloseTo(2, 1);
  });

  it('charges the budget that is passed in, not that of the evaluation before', () => {
    expect(() => compile(nested).run({ params }, new Budget())).toThrow(TooCostly);
    expect(compile('params.all(a, a >= 0)').run({ params }, new Budget())).toBe(true);
  });

  it('takes one step for the length of a list, and for an optional field', () => {
    expect(stepsOf('params.size() > 0', 300)).toBe(stepsOf('params.size() > 0', 1));
  });

  it('charges a comparison for the lighter of the two values, and weighs no more of the other', () => {
    const long = Array.from({ length: 100_000 }, (_, index) => index);
    expect(lesserWeight(long, [1, 2])).toBe(3);
    expect(lesserWeight(long, long)).toBe(weigh(long));
    let read = 0;
    const counted = long.map(() => ({
      get member() {
        read += 1;
        return 1;
      },
    }));
    lesserWeight('text', counted);
    expect(read).toBeLessThan(100);
  });
});
