import { type Bench, type Measure, newFolder, writeFiles } from '../bench.ts';
import { engineMs, type GateRun, type GateWanted, newCache, profileGate, runGate } from '../gate.ts';
import { manifestFiles } from '../inputs/manifests.ts';
import { type Row, row, seconds, show } from '../row.ts';
import { medianBy } from '../statistics.ts';

const growthLimit = 1.1;
const limitSeconds = 5;
const limitMB = 1024 * 1.048576;

export const ownTime: Measure = {
  id: 'b',
  title: "the gate's own time, by number of manifests",
  how: "`check --engines cel` with JSON and terminal reports; its own time is the wall time less the engine's, as the report gives it. Sizes take turns, and the median run counts. The fixed start is the own time for one manifest; time per manifest is what is above it, divided by the manifests. Linear: at ten times as many manifests it is at most 10% more. Memory is the peak of the process, the engine included, since it runs in the gate's process.",
  run: async (bench) => {
    const sizes = bench.quick ? [1, 10, 20, 40] : [1, 100, 1000, 10_000];
    const sized = sizes.map((count) => ({ count, wanted: wantedFor(bench, count), runs: [] as GateRun[] }));
    for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
      for (const { wanted, runs } of sized) runs.push(await runGate(bench, wanted));
    }
    const [start, ...points] = sized.map(({ count, wanted, runs }) => ({ count, wanted, run: medianBy(runs, ownMs) }));
    if (start === undefined) throw new Error('no size to measure');
    const perManifest = points.map(({ count, run }) => (ownMs(run) - ownMs(start.run)) / (count - start.count));
    return rowsOf(bench, ownMs(start.run), points, perManifest);
  },
};

interface Point {
  readonly count: number;
  readonly wanted: GateWanted;
  readonly run: GateRun;
}

function wantedFor(bench: Bench, count: number): GateWanted {
  const workspace = newFolder(bench, `plain-${count}`);
  writeFiles(workspace, manifestFiles({ count, seed: 7 }));
  return { workspace, engines: ['cel'], cacheDir: newCache(bench) };
}

function ownMs(run: GateRun): number {
  return run.wallMs - engineMs(run.report, 'cel');
}

async function rowsOf(
  bench: Bench,
  startMs: number,
  points: readonly Point[],
  perManifest: readonly number[],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, { count, wanted, run }] of points.entries()) {
    const last = index === points.length - 1;
    const each = perManifest[index] ?? 0;
    const before = perManifest[index - 1];
    const cpu = `${seconds(run.cpuMs)} processor with the engine`;
    const time = {
      what: `${count.toLocaleString('en')} manifests, own time`,
      ours: `${each.toFixed(3)} ms each, start ${show(startMs, 'ms')}`,
      other: `${seconds(engineMs(run.report, 'cel'))} CEL engine, ${cpu}`,
      value: ownMs(run) / 1000,
      unit: 's',
      ...(last && { target: { sense: 'at most', limit: limitSeconds } as const }),
    } as const;
    rows.push(await row(time, () => profileGate(bench, wanted)));
    if (before !== undefined) rows.push(await growth(bench, { count, wanted, each, before }));
    if (last) rows.push(await memory(bench, count, run, wanted));
  }
  return rows;
}

function growth(
  bench: Bench,
  {
    count,
    wanted,
    each,
    before,
  }: { readonly count: number; readonly wanted: GateWanted; readonly each: number; readonly before: number },
): Promise<Row> {
  const parts = {
    what: `${count.toLocaleString('en')} manifests, time per manifest against the size before`,
    ours: `${each.toFixed(3)} ms`,
    other: `${before.toFixed(3)} ms`,
    value: each / before,
    unit: 'times',
    target: { sense: 'at most', limit: growthLimit },
  } as const;
  return row(parts, () => profileGate(bench, wanted));
}

function memory(bench: Bench, count: number, run: GateRun, wanted: GateWanted): Promise<Row> {
  const parts = {
    what: `${count.toLocaleString('en')} manifests, peak memory`,
    ours: show(run.peakBytes / 1e6, 'MB'),
    other: '1 GiB is 1,073.74 MB',
    value: run.peakBytes / 1e6,
    unit: 'MB',
    target: { sense: 'at most', limit: Number(limitMB.toFixed(2)) },
  } as const;
  return row(parts, () => profileGate(bench, wanted));
}
