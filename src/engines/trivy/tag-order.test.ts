import { describe, expect, it } from 'vitest';
import { isVersion, newerTags } from './tag-order.ts';

describe('newer tags', () => {
  it.each<[string, readonly string[], object]>([
    ['1.25.3', ['1.25.3', '1.25.4', '1.25.10', '1.25.5', '1.26.0', '1.27.1', '2.0.0'], { patch: '1.25.10', minor: '1.27.1' }],
    ['1.25.3-alpine', ['1.25.9', '1.25.5-alpine', '1.25.6-alpine3.19', '1.25.7-perl'], { patch: '1.25.5-alpine' }],
    ['1.25.3-alpine3.18', ['1.25.5-alpine3.19', '1.25.5-alpine'], {}],
    ['1.25.3', ['1.25.4-rc1', '1.26.0-beta.1', '1.25.4-alpine', 'v1.25.4', '1.25', 'latest'], {}],
    ['v1.2.3', ['1.2.4', 'v1.2.4', 'v1.3.0'], { patch: 'v1.2.4', minor: 'v1.3.0' }],
    ['1.25', ['1.25.4', '1.26', '1.27', '2.1'], { minor: '1.27' }],
    ['1.25.10', ['1.25.9', '1.25.10', '1.24.99', '0.99.0'], {}],
    ['2024.01.05', ['2024.01.12', '2024.02.01', '2025.01.01'], { patch: '2024.01.12', minor: '2024.02.01' }],
    ['1.2.3-rc.1', ['1.2.4-rc.1'], {}],
    ['latest', ['latest', '1.2.3'], {}],
    ['3', ['4', '5'], {}],
  ])('of %s in %j are %j', (tag, tags, expected) => {
    expect(newerTags(tag, tags)).toEqual(expected);
  });

  it('are of no use for a tag that is not a version', () => {
    const tags = ['latest', 'stable', '1', '1.2.3.4', 'v1', '1.2.3-nightly', '99999999999.1.1', '1.25.3-alpine', '1.25'];
    expect(tags.filter(isVersion)).toEqual(['1.25.3-alpine', '1.25']);
  });
});
