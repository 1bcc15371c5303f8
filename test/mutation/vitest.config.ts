import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** What decides is tested by the tests next to it; a mutant that only a test of dist would kill counts as alive. */
export default defineConfig({
  root: path.join(import.meta.dirname, '..', '..'),
  test: { include: ['src/verdict/**/*.test.ts'] },
});
