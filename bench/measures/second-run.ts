import { isDeepStrictEqual } from 'node:util';
import type { Bench, Measure } from '../bench.ts';
import { writeFiles } from '../bench.ts';
import { type GateRun, type GateWanted, hasResultCache, newCache, profileGate, runGate } from '../gate.ts';
import { onePercentChanged } from '../inputs/manifests.ts';
import { type Row, row, seconds, skipped, timesFaster } from '../row.ts';
import { medianBy } from '../statistics.ts';
import { enginesFor, missingForStore, type Store, withStore } from '../store.ts';

const limit = 10;

export const secondRun: Measure = {
  id: 'f',
  title: 'a second run on an unchanged tree',
  how: 'The repository of (a), with more plain manifests, evaluated by all engines of this machine: first without results of an earlier run but with the database, then again on the same tree, then with one file in a hundred changed. Repeated three times, each with an empty cache folder; medians. The second run must report the same as the first, or there is no figure.',
  run: async (bench) => {
    const what = 'second run against the first';
    if (!hasResultCache()) return [skipped(what, 'this build of the command keeps no results: it has no --no-cache')];
    const missing = missingForStore(bench);
    if (missing !== undefined) return [skipped(what, missing)];
    const size = bench.quick ? { manifests: 40, images: 2 } : { manifests: 120, images: 10 };
    return withStore(bench, { ...size, engines: enginesFor(bench), delayMs: 0 }, (store) => compare(bench, store));
  },
};

interface Runs {
  readonly first: GateRun;
  readonly second: GateRun;
  readonly changed: GateRun;
}

async function compare(bench: Bench, store: Store): Promise<readonly Row[]> {
  const all: Runs[] = [];
  let wanted: GateWanted = store.wanted;
  for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
    wanted = { ...store.wanted, cacheDir: newCache(bench), results: 'used' };
    all.push(await threeRuns(bench, store, wanted));
  }
  const of = (name: keyof Runs): GateRun =>
    medianBy(
      all.map((runs) => runs[name]),
      ({ wallMs }) => wallMs,
    );
  const first = of('first');
  const against = (name: 'second' | 'changed', what: string, target?: typeof atLeast): Promise<Row> => {
    const run = of(name);
    const parts = {
      what,
      ours: cost(run),
      other: `${cost(first)} first`,
      value: timesFaster(run.wallMs, first.wallMs),
      unit: 'times',
      ...(target !== undefined && { target }),
    } as const;
    return row(parts, () => profileGate(bench, wanted));
  };
  return [
    await against('second', 'unchanged tree, as fast as the first run', atLeast),
    await against('changed', '1% of the files changed, as fast as the first run'),
  ];
}

const atLeast = { sense: 'at least', limit } as const;

/** Restores the tree when it ends. */
async function threeRuns(bench: Bench, store: Store, wanted: GateWanted): Promise<Runs> {
  // Downloads the database and stores no result.
  const { results: _, ...uncached } = wanted;
  await runGate(bench, uncached);
  const [first, second] = [await runGate(bench, wanted), await runGate(bench, wanted)];
  const [said, again] = [first, second].map(({ report }) => ({ outcome: report.outcome, findings: report.findings }));
  if (!isDeepStrictEqual(said, again)) throw new Error('the second run does not report what the first one reported');
  writeFiles(wanted.workspace, onePercentChanged(store.files));
  const changed = await runGate(bench, wanted);
  writeFiles(wanted.workspace, store.files);
  return { first, second, changed };
}

function cost(run: GateRun): string {
  return `${seconds(run.wallMs)} (${seconds(run.cpuMs)} processor)`;
}
