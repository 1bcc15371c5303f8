import { describe, expect, it } from 'vitest';
import { parseGateName } from './gate-name.ts';

describe('parseGateName', () => {
  it.each(['k8s-gate', 'k8s-gate (production)', 'a', 'team/shop_1.2', 'x'.repeat(60)])('takes %j', (name) => {
    expect(parseGateName(name)).toBe(name);
  });

  it.each(['', ' ', ' gate', 'gate ', 'x'.repeat(61), 'a\nb', 'gate\n', 'a-->b', 'a|b', 'gаte', '`x`', '@team', 'a\u202eb'])(
    'refuses %j',
    (name) => {
      expect(() => parseGateName(name)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    },
  );
});
