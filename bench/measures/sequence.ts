import os from 'node:os';
import type { Bench, Measure } from '../bench.ts';
import { newFolder } from '../bench.ts';
import { type GateRun, profileGate, runGate } from '../gate.ts';
import { once } from '../once.ts';
import { type Row, row, seconds, skipped, timesFaster } from '../row.ts';
import { runSequence, type SequenceRun } from '../sequence.ts';
import { interleaved, medianBy } from '../statistics.ts';
import { allEngines, enginesFor, missingForStore, type Store, withStore } from '../store.ts';

const slowestLimit = 1.15;
const sequenceLimit = 2;
const delays = [0, 30];

export const sequence: Measure = {
  id: 'a',
  title: 'the gate compared with the same engines in sequence',
  how: 'A repository with plain manifests, a chart and a kustomization for two environments each, policies in Kyverno and Rego, and images in a registry on loopback (go-containerregistry), with a small Trivy database. The gate with all engines of this machine, alternately with the steps of a workflow: `helm template`, `kustomize build`, `trivy filesystem` of manifests, `trivy image` of each image, `kyverno apply`, `conftest test`, `kube-linter lint` if it is installed, and the CEL pack, which only the gate has. Both have the database and no image scanned yet. The slowest engine is the sum of its steps. The second variant delays each request to the registry by 30 ms, because real registries are not on loopback.',
  run: async (bench) => {
    const missing = missingForStore(bench);
    if (missing !== undefined) return [skipped('the gate compared with the same engines', missing)];
    const conftest = bench.tools.conftest();
    const engines = enginesFor(bench).filter((id) => id !== 'opa' || 'path' in conftest);
    const wanted = { engines, ...(bench.quick ? { manifests: 20, images: 2 } : { manifests: 60, images: 10 }) };
    const rows: Row[] = allEngines
      .filter((id) => !engines.includes(id))
      .map((id) =>
        skipped(`${id}, on both sides`, id === 'opa' && 'missing' in conftest ? conftest.missing : `no ${id} on this machine`),
      );
    for (const delayMs of delays) {
      rows.push(...(await withStore(bench, { ...wanted, delayMs }, (store) => compare(bench, store, nameOf(delayMs)))));
    }
    return rows;
  },
};

function nameOf(delayMs: number): string {
  return delayMs === 0 ? 'registry on loopback' : `registry ${delayMs} ms away`;
}

async function compare(bench: Bench, store: Store, name: string): Promise<readonly Row[]> {
  const cacheDir = newFolder(bench, 'trivy');
  // Downloads the database, as the gate does.
  await runSequence(bench, store, cacheDir);
  const runs = await interleaved(
    bench.quick ? 1 : 3,
    () => runGate(bench, store.wanted),
    () => runSequence(bench, store, cacheDir),
  );
  const [ours, other] = [medianBy(runs.ours, ({ wallMs }) => wallMs), medianBy(runs.other, ({ wallMs }) => wallMs)];
  const profile = once(async () => [...shares(ours, other), ...(await profileGate(bench, store.wanted))]);
  const [slowest] = other.engines;
  if (slowest === undefined) throw new Error('no engine ran');
  const cost = `${seconds(ours.wallMs)} (${seconds(ours.cpuMs)} processor)`;
  return [
    await row(
      {
        what: `${name}: the gate against the slowest engine`,
        ours: cost,
        other: `${slowest.engine} ${seconds(slowest.wallMs)} (${seconds(slowest.cpuMs)} processor)`,
        value: ours.wallMs / slowest.wallMs,
        unit: 'times',
        target: { sense: 'at most', limit: slowestLimit },
      },
      profile,
    ),
    await row(
      {
        what: `${name}: as fast as the steps in sequence`,
        ours: cost,
        other: `${seconds(other.wallMs)} (${seconds(other.cpuMs)} processor)`,
        value: timesFaster(ours.wallMs, other.wallMs),
        unit: 'times',
        target: { sense: 'at least', limit: sequenceLimit },
      },
      profile,
    ),
  ];
}

/** No schedule of the same work is faster than its CPU time divided by the cores: that bound, and the time above it. */
export function shares(ours: GateRun, other: SequenceRun): readonly string[] {
  const cores = os.availableParallelism();
  const bound = ours.cpuMs / cores;
  return [
    `processor time of the gate and its engines ${seconds(ours.cpuMs)}, on ${cores} cores at least ${seconds(bound)} of wall time: ${Math.round((bound / ours.wallMs) * 100)}% of the ${seconds(ours.wallMs)} it took`,
    `the steps in sequence: ${other.engines.map((one) => `${one.engine} ${seconds(one.wallMs)} (${seconds(one.cpuMs)} processor)`).join(', ')}; their processor time on ${cores} cores is at least ${seconds(other.cpuMs / cores)}, so that ${timesFaster(other.cpuMs / cores, other.wallMs).toFixed(2)} times as fast is the most that an order of theirs can be`,
  ];
}
