import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { startJourney } from './player.ts';
import { samples } from './samples.ts';

afterAll(removeTempFolders);

const installed = await Promise.all(
  samples.map(async (sample) => {
    const missing = [];
    for (const tool of sample.tools) if ((await installedTool(tool)) === undefined) missing.push(tool);
    const name = missing.length === 0 ? sample.name : `${sample.name} (skipped: no ${missing.join(', ')} in the tool cache)`;
    return { ...sample, name, isPlayable: missing.length === 0 };
  }),
);
const sha = '0123456789abcdef0123456789abcdef01234567';

describe('the path from init to a merged fix', { timeout: 300_000 }, () => {
  for (const { name, isPlayable, files, bad, resource, good, fix } of installed)
    it.skipIf(!isPlayable)(`takes at most five steps to a green required check in ${name}`, async () => {
      const player = startJourney(files);
      player.step('run k8s-gate init');
      expect((await player.command('init', '--yes')).code).toBe(0);
      player.step('review the configuration, and pin the action');
      player.edit('.github/workflows/k8s-gate.yml', 'org/k8s-gate@v1', `org/k8s-gate@${sha}`);
      player.step('open a pull request');
      const adoption = await player.propose();
      expect(adoption).toMatchObject({ verdict: 'warn', code: 0 });
      expect(adoption.comment).toMatch(/existing findings?: not blocking/);
      player.step('merge it');
      expect(await player.merge()).toMatchObject({ verdict: 'pass', code: 0 });
      player.step('make the job a required check');
      expect(player.steps.length).toBeLessThanOrEqual(5);

      const harmless = await player.propose({ 'readme.md': 'a' });
      expect(harmless).toMatchObject({ verdict: 'pass', code: 0, outputs: { new: '0' } });

      const blocked = await player.propose(bad);
      expect(blocked).toMatchObject({ verdict: 'block', code: 1 });
      expect(blocked.comment).toContain(resource);
      expect(await player.propose(good)).toMatchObject({ verdict: 'pass', code: 0 });

      const fixed = await player.propose(fix);
      expect(fixed).toMatchObject({ verdict: 'pass', code: 0 });
      expect(Number(fixed.outputs.fixed)).toBeGreaterThan(0);
      expect(await player.merge()).toMatchObject({ verdict: 'pass', code: 0 });
    });

  it('needs the same steps with a reviewed file instead of onlyNew, which also applies on a schedule', async () => {
    const [{ files, bad }] = samples as readonly [(typeof samples)[number]];
    const player = startJourney(files);
    player.step('run k8s-gate init');
    expect((await player.command('init', '--yes')).code).toBe(0);
    player.edit('.k8s-gate.yaml', 'onlyNew: true\n', '');
    player.step('run k8s-gate baseline');
    expect((await player.command('baseline', '--engines', 'cel,schema')).code).toBe(0);
    player.step('open a pull request');
    expect(await player.propose()).toMatchObject({ verdict: 'warn', code: 0 });
    player.step('merge it');
    expect(await player.merge()).toMatchObject({ verdict: 'pass', code: 0 });
    player.step('make the job a required check');
    expect(player.steps.length).toBeLessThanOrEqual(5);
    expect((await player.command('check', '--engines', 'cel,schema')).code).toBe(0);
    expect(await player.propose(bad)).toMatchObject({ verdict: 'block', code: 1 });
  });
});
