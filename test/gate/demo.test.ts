import { execFileSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { root } from '../support/gate-process.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

it('the README shows what `npm run demo` prints, at the first run and at the second', () => {
  // Of a user who may keep results: with a state folder of their own, the second run would use those of the first.
  const env = { ...process.env, XDG_STATE_HOME: emptyFolder() };
  for (let run = 1; run <= 2; run += 1) {
    const printed = execFileSync(process.execPath, ['scripts/transcript.mjs', '--check'], { cwd: root, encoding: 'utf8', env });
    expect(printed, `run ${run}`).toContain('README.md shows what the demo prints');
  }
});
