import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['titel', ['because', 'title'], 'title'],
    ['privilegd', ['privileged', 'host-ports'], 'privileged'],
    ['PROD', ['prod', 'staging'], 'prod'],
    ['pathes', ['paths', 'policies'], 'paths'],
    ['bse', ['base', 'cache-dir'], 'base'],
  ])('takes %s of %j for %s', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it.each([
    ['nonsense', ['base', 'engines']],
    ['x', ['abc']],
    ['', ['abcd']],
    ['ba', ['abcd']],
  ])('takes %s of %j for nothing', (word, candidates) => {
    expect(nearest(word, candidates)).toBeUndefined();
  });
});
