import { describe, expect, it } from 'vitest';
import { matchSelector, same, simpleExpression, translate } from './kustomize-match.ts';
import type { Target } from './kustomize-step.ts';

const target: Target = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  object: { metadata: { labels: { app: 'web', tier: 'front' } } },
  names: ['web', 'live-web'],
  namespaces: [undefined],
};

describe('a patch’s target', () => {
  it.each([
    [{ kind: 'Deployment', name: 'web' }, 'yes'],
    [{ name: 'we' }, 'no'],
    [{ name: 'w.*|api' }, 'yes'],
    [{ group: 'apps', version: 'v1' }, 'yes'],
    [{ group: 'batch' }, 'no'],
    [{ namespace: 'default' }, 'yes'],
    [{ labelSelector: 'app=web,tier!=back,app,!other' }, 'yes'],
    [{ labelSelector: 'app=api' }, 'no'],
    [{ labelSelector: 'app in (web, api)' }, 'maybe'],
    [{ name: '(w+)+' }, 'maybe'],
    [{ name: '(w+)+', kind: 'Service' }, 'no'],
  ] as const)('%j matches: %s', (selector, answer) => {
    expect(matchSelector(selector, target)).toBe(answer);
  });

  it.each(['(a+)+', 'a*b*c*d*', '(?=a)', '\\1', '[', 'a'.repeat(201)])('never runs the pattern %s', (pattern) => {
    expect(simpleExpression(pattern)).toBeUndefined();
  });
});

describe('the same field in another copy', () => {
  it('is found by name, by mount path or by port, and otherwise by what it holds', () => {
    const from = { containers: [{ name: 'b', ports: [{ containerPort: 2 }], args: ['x', 'y'] }] };
    const to = { containers: [{ name: 'a' }, { name: 'b', ports: [{ containerPort: 1 }, { containerPort: 2 }], args: ['y'] }] };
    expect(translate(from, to, ['containers', 0, 'ports', 0])).toEqual(['containers', 1, 'ports', 1]);
    expect(translate(from, to, ['containers', 0, 'args', 1])).toEqual(['containers', 1, 'args', 0]);
    expect(translate(from, to, ['containers', 0, 'args', 0])).toBeUndefined();
  });

  it('is not another item that only stands at its position', () => {
    const from = { env: [{ name: 'NEW', value: '1' }] };
    expect(translate(from, { env: [{ name: 'OLD', value: '2' }] }, ['env', 0])).toBeUndefined();
    expect(translate(from, { env: [{ name: 'OLD', value: '1' }] }, ['env', 0])).toEqual(['env', 0]);
  });

  it('may be written as text in one and as a number in the other', () => {
    expect(same({ a: [1, 'x'] }, { a: ['1', 'x'] })).toBe(true);
    expect(same({ a: null }, { a: 'null' })).toBe(false);
    expect(same([], {})).toBe(false);
  });
});
