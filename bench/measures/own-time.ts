import { type Bench, type Measure, newFolder, writeFiles } from '../bench.ts';
import { engineMs, type GateRun, type GateWanted, newCache, profileGate, runGate } from '../gate.ts';
import { manifestFiles } from '../inputs/manifests.ts';
import { once } from '../once.ts';
import { type Row, row, seconds, show, skipped } from '../row.ts';
import { medianBy } from '../statistics.ts';

const growthLimit = 1.1;
const limitSeconds = 5;
/** One half of the 9.34 s (4.58 s own time and 4.76 s for the engine) that were measured on 2 cores on 2026-11-26. */
const wallLimitSeconds = 4.67;
const limitMB = 600;

export const ownTime: Measure = {
  id: 'b',
  title: "the gate's own time, by number of manifests",
  how: "`check --engines cel` with JSON and terminal reports; its own time is the wall time minus the engine's, as reported. Sizes run alternately, and the median run counts. The fixed start is the own time for one manifest; time per manifest is the time above it, divided by the manifests. Linear: each further manifest from 1,000 to 10,000 takes at most 10% more than from 100 to 1,000. Memory is the peak of the process, including the engine, which runs in the gate's process.",
  run: async (bench) => {
    const sizes = bench.quick ? [1, 10, 20, 40] : [1, 100, 1000, 10_000];
    const sized = sizes.map((count) => ({ count, wanted: wantedFor(bench, count), runs: [] as GateRun[] }));
    const largest = sized.at(-1);
    for (let round = 0; round < (bench.quick ? 1 : 9); round++) {
      // Small sizes are noisier, and take less time.
      const some = round % 3 === 0 ? sized : sized.filter((one) => one !== largest);
      for (const { wanted, runs } of some) runs.push(await runGate(bench, wanted));
    }
    const [start, ...points] = sized.map(({ count, wanted, runs }) => ({
      count,
      run: medianBy(runs, ownMs),
      profile: once(() => profileGate(bench, wanted)),
    }));
    if (start === undefined) throw new Error('no size to measure');
    return rowsOf(start, points);
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

async function rowsOf(start: Point, points: readonly Point[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, point] of points.entries()) {
    const [one, two] = [points[index - 2], points[index - 1]];
    const last = index === points.length - 1;
    rows.push(await time(point, start, last));
    if (one !== undefined && two !== undefined) rows.push(await growth(point, slope(one, two), slope(two, point)));
    if (last) rows.push(await wall(point), await memory(point));
  }
  return rows;
}

/** Milliseconds for each further manifest. */
function slope(from: Point, to: Point): number {
  return (ownMs(to.run) - ownMs(from.run)) / (to.count - from.count);
}

const named = (count: number): string => `${count.toLocaleString('en')} manifests`;

function time(point: Point, start: Point, isLimited: boolean): Promise<Row> {
  const { count, run, profile } = point;
  const parts = {
    what: `${named(count)}, own time`,
    ours: `${slope(start, point).toFixed(3)} ms each, start ${show(ownMs(start.run), 'ms')}`,
    other: `CEL engine ${seconds(engineMs(run.report, 'cel'))}; processor time with it ${seconds(run.cpuMs)}`,
    value: ownMs(run) / 1000,
    unit: 's',
    ...(isLimited && { target: { sense: 'at most', limit: limitSeconds } as const }),
  } as const;
  return row(parts, profile);
}

/** If a larger size took no longer than the size before it, there is nothing to compare. */
function growth({ count, profile }: Point, before: number, each: number): Promise<Row> {
  const what = `${named(count)}, each further one against the size before`;
  if (!(before > 0)) return Promise.resolve(skipped(what, `smaller sizes differ by less than noise: ${before.toFixed(3)} ms`));
  const parts = {
    what,
    ours: `${each.toFixed(3)} ms`,
    other: `${before.toFixed(3)} ms`,
    value: each / before,
    unit: 'times',
    target: { sense: 'at most', limit: growthLimit },
  } as const;
  return row(parts, profile);
}

function wall({ count, run, profile }: Point): Promise<Row> {
  const parts = {
    what: `${named(count)}, wall time with the CEL pack`,
    ours: `${seconds(run.wallMs)} (${seconds(run.cpuMs)} processor)`,
    other: `CEL engine ${seconds(engineMs(run.report, 'cel'))}`,
    value: run.wallMs / 1000,
    unit: 's',
    target: { sense: 'at most', limit: wallLimitSeconds },
  } as const;
  return row(parts, profile);
}

function memory({ count, run, profile }: Point): Promise<Row> {
  const parts = {
    what: `${named(count)}, peak memory`,
    ours: show(run.peakBytes / 1e6, 'MB'),
    other: 'the engine included',
    value: run.peakBytes / 1e6,
    unit: 'MB',
    target: { sense: 'at most', limit: limitMB },
  } as const;
  return row(parts, profile);
}
