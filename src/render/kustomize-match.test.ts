import { describe, expect, it } from 'vitest';
import { same, translate } from './kustomize-match.ts';

describe('the same field in another copy', () => {
  it('is found by name, by mount path or by port, and otherwise by what it holds', () => {
    const from = { containers: [{ name: 'b', ports: [{ containerPort: 2 }], args: ['x', 'y'] }] };
    const to = { containers: [{ name: 'a' }, { name: 'b', ports: [{ containerPort: 1 }, { containerPort: 2 }], args: ['y'] }] };
    expect(translate(from, to, ['containers', 0, 'ports', 0])).toEqual(['containers', 1, 'ports', 1]);
    expect(translate(from, to, ['containers', 0, 'args', 1])).toEqual(['containers', 1, 'args', 0]);
    expect(translate(from, to, ['containers', 0, 'args', 0])).toBeUndefined();
  });

  it('is not another item at the same position', () => {
    const from = { env: [{ name: 'NEW', value: '1' }] };
    expect(translate(from, { env: [{ name: 'OLD', value: '1' }] }, ['env', 0])).toBeUndefined();
  });

  it('may be written as text in one and as a number in the other', () => {
    expect(same({ a: [1, 'x'] }, { a: ['1', 'x'] })).toBe(true);
    expect(same({ a: null }, { a: 'null' })).toBe(false);
    expect(same([], {})).toBe(false);
  });
});
