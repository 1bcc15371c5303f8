import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root } from '../support/gate-process.ts';

it('the README shows what `npm run demo` prints', () => {
  const printed = execFileSync(process.execPath, ['scripts/transcript.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  expect(printed).toContain('README.md shows what the demo prints');
});
