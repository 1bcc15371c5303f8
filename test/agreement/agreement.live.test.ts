import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { compare, report, type Size } from './compare.ts';

const tool = await installedTool('kyverno');
if (tool === undefined)
  console.warn('SKIPPED: the Kyverno binary is not installed; run `npm run engines kyverno` to compare with it');

const { AGREEMENT_SEED: chosen, AGREEMENT_RESOURCES: resources } = process.env;
const size: Size = { seed: Number(chosen ?? 7), resources: Number(resources ?? 16), policies: 40 };

afterAll(removeTempFolders);

describe.skipIf(tool === undefined)('the CEL engine compared with Kyverno', () => {
  it('agrees, or differs in a way that known.ts explains', async () => {
    if (tool === undefined) return;
    const comparison = await compare(tool, size);
    console.log(report(comparison, size));
    expect(comparison.unexplained.map(({ candidate }) => candidate.name)).toEqual([]);
    expect(comparison.bothApply).toBeGreaterThanOrEqual(2_000);
    if (chosen !== undefined) return;
    const unused = [...comparison.explained].filter(([, pairs]) => pairs.length === 0);
    expect(unused.map(([{ id }]) => id)).toEqual([]);
  });
});
