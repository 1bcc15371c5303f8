import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourceHash } from '../../scripts/source-hash.mjs';
import { staleness } from './dist.ts';
import { emptyFolder, removeTempFolders } from './temp-folders.ts';

afterAll(removeTempFolders);

it('a test that runs dist fails with the command to run if dist was built from other sources or has no hash', () => {
  const file = path.join(emptyFolder(), 'source.sha256');
  const current = sourceHash();
  expect(current).toMatch(/^[0-9a-f]{64}$/);
  expect(staleness(file, current)).toContain('Run `npm run build`');
  writeFileSync(file, `${'0'.repeat(64)}\n`);
  expect(staleness(file, current)).toContain('(dist: 000000000000000, now: ');
  writeFileSync(file, `${current}\n`);
  expect(staleness(file, current)).toBe('');
});
