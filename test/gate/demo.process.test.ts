import { execFileSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { distFile } from '../support/dist.ts';
import { root } from '../support/root.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

afterAll(removeTempFolders);

it('docs/transcript.md and docs/rendered-diff.md show what the commands print, at the first run and at the second', () => {
  // With a state folder of its own, as for a user whose results may be cached: the second run would use those of the first.
  const env = { ...process.env, XDG_STATE_HOME: emptyFolder() };
  expect(distFile('cli')).toContain('dist');
  for (let run = 1; run <= 2; run += 1) {
    const printed = execFileSync(process.execPath, ['scripts/transcript.mjs', '--check'], { cwd: root, encoding: 'utf8', env });
    expect(printed, `run ${run}`).toContain('docs/transcript.md shows what the demo prints');
    expect(printed, `run ${run}`).toContain('docs/rendered-diff.md shows what `k8s-gate diff` prints');
  }
});
