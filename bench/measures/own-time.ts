import { type Bench, type Measure, newFolder, writeFiles } from '../bench.ts';
import { engineMs, type GateRun, type GateWanted, newCache, profileGate, runGate } from '../gate.ts';
import { manifestFiles } from '../inputs/manifests.ts';
import { once } from '../once.ts';
import { type Row, row, seconds, show } from '../row.ts';
import { medianBy } from '../statistics.ts';

const growthLimit = 1.1;
const limitSeconds = 5;
/** 1 GiB */
const limitMB = 1073.74;

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
    const [start, ...points] = sized.map(({ count, wanted, runs }) => ({
      count,
      run: medianBy(runs, ownMs),
      profile: once(() => profileGate(bench, wanted)),
    }));
    if (start === undefined) throw new Error('no size to measure');
    const perManifest = points.map(({ count, run }) => (ownMs(run) - ownMs(start.run)) / (count - start.count));
    return rowsOf(ownMs(start.run), points, perManifest);
  },
};

interface Point {
  readonly count: number;
  readonly run: GateRun;
  readonly profile: () => Promise<readonly string[]>;
}

function wantedFor(bench: Bench, count: number): GateWanted {
  const workspace = newFolder(bench, `plain-${count}`);
  writeFiles(workspace, manifestFiles({ count, seed: 7 }));
  return { workspace, engines: ['cel'], cacheDir: newCache(bench) };
}

function ownMs(run: GateRun): number {
  return run.wallMs - engineMs(run.report, 'cel');
}

async function rowsOf(startMs: number, points: readonly Point[], perManifest: readonly number[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, point] of points.entries()) {
    const last = index === points.length - 1;
    const each = perManifest[index] ?? 0;
    const before = perManifest[index - 1];
    rows.push(await time(point, each, startMs, last));
    if (before !== undefined) rows.push(await growth(point, each, before));
    if (last) rows.push(await memory(point));
  }
  return rows;
}

const named = (count: number): string => `${count.toLocaleString('en')} manifests`;

function time({ count, run, profile }: Point, each: number, startMs: number, isLimited: boolean): Promise<Row> {
  const parts = {
    what: `${named(count)}, own time`,
    ours: `${each.toFixed(3)} ms each, start ${show(startMs, 'ms')}`,
    other: `CEL engine ${seconds(engineMs(run.report, 'cel'))}; processor time with it ${seconds(run.cpuMs)}`,
    value: ownMs(run) / 1000,
    unit: 's',
    ...(isLimited && { target: { sense: 'at most', limit: limitSeconds } as const }),
  } as const;
  return row(parts, profile);
}

function growth({ count, profile }: Point, each: number, before: number): Promise<Row> {
  const parts = {
    what: `${named(count)}, time per manifest against the size before`,
    ours: `${each.toFixed(3)} ms`,
    other: `${before.toFixed(3)} ms`,
    value: each / before,
    unit: 'times',
    target: { sense: 'at most', limit: growthLimit },
  } as const;
  return row(parts, profile);
}

function memory({ count, run, profile }: Point): Promise<Row> {
  const parts = {
    what: `${named(count)}, peak memory`,
    ours: show(run.peakBytes / 1e6, 'MB'),
    other: '1 GiB is 1,073.74 MB',
    value: run.peakBytes / 1e6,
    unit: 'MB',
    target: { sense: 'at most', limit: limitMB },
  } as const;
  return row(parts, profile);
}
