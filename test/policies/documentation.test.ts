import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { policiesPage } from '../../scripts/generate-policies.mjs';

it('documents the pack as it is (node scripts/generate-policies.mjs)', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
  expect(page).toBe(policiesPage());
});
