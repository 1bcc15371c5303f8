import { afterAll, describe, expect, it } from 'vitest';
import { removeTempFolders } from '../support/temp-folders.ts';
import { installedTool } from '../support/tools.ts';
import { samples } from './helm.labels.ts';
import { kustomizeCases } from './kustomize.labels.ts';
import type { LineCase } from './labels.ts';
import { type Measured, measureCase, missesOf } from './measure.ts';
import { plainCases } from './plain.labels.ts';
import { pointerCases } from './pointers.labels.ts';
import { lineTable, type Row } from './table.ts';
import { trivyAlone } from './trivy-alone.ts';

const found = { helm: await installedTool('helm'), kustomize: await installedTool('kustomize') };
const trivy = await installedTool('trivy');
const missing = found.helm === undefined || found.kustomize === undefined;
const tools = (id: string) => {
  const tool = id === 'helm' ? found.helm : found.kustomize;
  return tool === undefined ? Promise.reject(new Error(`no ${id}`)) : Promise.resolve(tool);
};
const kinds: readonly (readonly [string, readonly LineCase[]])[] = [
  ['plain files', plainCases],
  ['kustomizations', kustomizeCases],
  ['charts', samples],
  ['pointers', pointerCases],
];
/** `npm run bench:lines` prints the table, and asks trivy too. */
const isBench = process.env.BENCH_LINES !== undefined;

async function measureAll(cases: readonly LineCase[]): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const one of cases) measured.push(...(await measureCase(one, tools)));
  return measured;
}

describe.skipIf(missing)(`lines of fields${missing ? ' (skipped: no helm or kustomize in the tool cache)' : ''}`, () => {
  afterAll(removeTempFolders);

  it('finds at least 95 of 100 labelled fields at their line, and none in a wrong file', async () => {
    const rows: Row[] = [];
    const all: Measured[] = [];
    for (const [kind, cases] of kinds) {
      const measured = await measureAll(cases);
      all.push(...measured);
      rows.push({ kind, measured, trivy: isBench && trivy !== undefined ? trivyAlone(trivy.path, cases) : undefined });
    }
    if (isBench) process.stdout.write(`${lineTable(rows)}\n${missesOf(all).join('\n')}\n`);
    expect(all.length).toBeGreaterThanOrEqual(260);
    expect(all.filter(({ nearness }) => nearness === 'wrong file').map(({ label, answer }) => ({ label, answer }))).toEqual([]);
    const exact = all.filter(({ nearness }) => nearness === 'exact').length;
    expect(exact / all.length, missesOf(all).join('\n')).toBeGreaterThanOrEqual(0.95);
    for (const { kind, measured } of rows) {
      const own = measured.filter(({ nearness }) => nearness === 'exact').length;
      expect(own / measured.length, `${kind}: ${missesOf(measured).join('\n')}`).toBeGreaterThanOrEqual(0.95);
    }
  });
});
