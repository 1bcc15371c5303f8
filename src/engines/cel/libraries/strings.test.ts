import { describe, expect, it } from 'vitest';
import { Budget } from '../budget.ts';
import { createCompiler } from '../compiler.ts';

const compile = createCompiler();
const run = (expression: string) => compile(expression).run({}, new Budget());

/** Each result is that of Kubernetes: test/agreement compares with Kyverno. */
describe('strings', () => {
  it.each([
    ["'Größe'.upperAscii() + 'ÄB'.lowerAscii()", 'GRößEÄb'],
    ["'😀xyz'.substring(1, 3) + '😀xyz'.charAt(0)", 'xy😀'],
    ["string('😀x'.indexOf('x')) + string('aXbX'.lastIndexOf('X')) + string('ab'.indexOf('', 9))", '139'],
    ["'😀x'.split('').join('-') + 'a,b,c'.split(',', 2).join('|')", '😀-xa|b,c'],
    ["'😀x'.replace('', '.') + 'aaa'.replace('a', 'b', 2)", '.😀.x.bba'],
    ["'%s %s'.format([[1, 'a'], {'k': 'v'}])", '[1, "a"] {"k":"v"}'],
    ["string(1000000.0) + ' ' + string(0.00001) + ' ' + string(0.1)", '1e+06 1e-05 0.1'],
    ["string(['a', 'b'].indexOf('b'))", '1'],
  ])('%s', (expression, answer) => {
    expect(run(expression)).toBe(answer);
  });

  it.each(["'ab'.substring(3)", "'ab'.indexOf('a', -1)", "double('0x10')", "double(' 1')", "'ab'.charAt(3)"])(
    'rejects %s',
    (text) => {
      expect(() => run(text)).toThrow();
    },
  );

  it('has no function that Kubernetes does not have', () => {
    expect(() => compile("'ab'.reverse()")).toThrow(/reverse/);
  });
});
