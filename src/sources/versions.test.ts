import { describe, expect, it } from 'vitest';
import { choose, compareVersions, isExact } from './versions.ts';

describe('versions', () => {
  it('are ordered as semver.org does, with the parts that Helm lets be missing', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      'v1.0',
      '1.0.1',
      '1.2',
      '1.10.0',
      'v2',
    ];
    expect([...ordered].reverse().toSorted(compareVersions)).toEqual(ordered);
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
  });

  it('are exact only if they have three numbers', () => {
    expect(['1.2.3', 'v1.2.3-rc.1', '1.2.3+a'].every(isExact)).toBe(true);
    expect(['1.2', '1.2.x', '^1.2.3', 'latest', ''].some(isExact)).toBe(false);
  });

  it('are not compared if one is meant as it is written, or the range has other characters', async () => {
    const never = () => Promise.reject(new Error('asked'));
    expect(await choose('nightly', ['nightly', '1.0.0'], never)).toBe('nightly');
    expect(await choose('{{ evil }}', ['1.0.0'], never)).toBeUndefined();
    expect(await choose('^1', ['nightly'], never)).toBeUndefined();
  });
});
