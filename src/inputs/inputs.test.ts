import { afterAll, describe, expect, it } from 'vitest';
import { repository } from '../../test/render/bench.ts';
import { removeTempFolders } from '../../test/support/temp-folders.ts';
import { createNodeFiles } from '../ports/node-files.ts';
import { parseInputs } from './inputs.ts';
import type { RawInputs } from './raw-inputs.ts';

afterAll(removeTempFolders);

async function notes(part: Partial<RawInputs>, config = 'version: 1\n'): Promise<readonly string[]> {
  const workspace = repository({ '.k8s-gate.yaml': config });
  const raw = { workspace, cores: 2, paths: [], exclude: [], engines: 'cel', outputs: [], publish: [], ...part };
  return (await parseInputs(raw, { files: createNodeFiles() })).notes;
}

describe('only-new', () => {
  const hasNoEffect = [expect.stringContaining('only-new has no effect in this run')];

  it.each<[string, Partial<RawInputs>, string?]>([
    ['as input of a push', { onlyNew: true }],
    ['in the configuration', {}, 'version: 1\nonlyNew: true\n'],
    ['where nothing is compared', { onlyNew: true, compare: false, trusted: repository({ '.k8s-gate.yaml': 'version: 1\n' }) }],
  ])('is reported where there is no base to compare with: %s', async (_where, part, config) => {
    expect(await notes(part, config)).toEqual(hasNoEffect);
  });

  it('is not reported where there is one, or where it is off', async () => {
    expect(await notes({ onlyNew: true, trusted: repository({ '.k8s-gate.yaml': 'version: 1\n' }) })).toEqual([]);
    expect(await notes({ onlyNew: false }, 'version: 1\nonlyNew: true\n')).toEqual([]);
    expect(await notes({})).toEqual([]);
  });
});
