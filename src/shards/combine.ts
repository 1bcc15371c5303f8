import type { BoundEngine } from '../engines/engine.ts';
import { shardName } from '../inputs/shard.ts';
import type { CompletedRun, Coverage, EngineRun, Target } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { onlyOwn, ownTargets } from './own-part.ts';
import { invalid } from './read-reports.ts';

/** The engine runs of each shard in one examination, or the error of the shard. */
export interface Answers {
  readonly count: number;
  readonly of: (index: number) => readonly EngineRun[] | GateError;
}

/**
 * Combines the runs of an engine in all shards. If it failed in one, or a shard is missing, only the targets of that shard failed. Throws
 * GateError if it failed in every shard with targets for it, like an engine that failed as a whole.
 */
export function combine(engine: BoundEngine, set: ManifestSet, { count, of }: Answers): CompletedRun {
  const parts: { readonly shard: string; readonly run: CompletedRun }[] = [];
  const lost: { readonly error: GateError; readonly targets: readonly Target[]; readonly durationMs: number }[] = [];
  for (let index = 1; index <= count; index++) {
    const shard = { index, count };
    const targets = ownTargets(engine, set, shard);
    if (targets.length === 0) continue;
    const run = answerOf(engine, of(index), shardName(shard));
    if (run instanceof GateError) lost.push({ error: run, targets, durationMs: 0 });
    else if (run.status === 'completed')
      parts.push({ shard: shardName(shard), run: engine.scope === 'set' ? run : onlyOwn(run, set, shard) });
    else lost.push({ error: failureOf(run), targets, durationMs: run.status === 'failed' ? run.durationMs : 0 });
  }
  const [first] = parts;
  if (first === undefined) throw lost[0]?.error ?? invalid(`no shard has results of ${engine.id}`, 'results of each shard');
  const other = parts.find(({ run }) => run.version !== first.run.version);
  if (other !== undefined)
    throw invalid(
      `${engine.id} is ${first.run.version} in ${first.shard}, and ${other.run.version} in ${other.shard}`,
      'one version in all shards',
    );
  const failed = lost.flatMap(({ error, targets }) => targets.map((target): Coverage => ({ target, status: 'failed', error })));
  const digests = Object.assign({}, ...parts.map(({ run }) => run.digests ?? {}));
  return {
    status: 'completed',
    engine: engine.id,
    version: first.run.version,
    findings: parts.flatMap(({ run }) => run.findings),
    coverage: [...parts.flatMap(({ run }) => run.coverage), ...failed],
    notes: notesOf(parts),
    ...(Object.keys(digests).length > 0 && { digests }),
    ...(parts.some(({ run }) => run.packages !== undefined) && {
      packages: Object.assign({}, ...parts.map(({ run }) => run.packages ?? {})),
    }),
    ...databasesOf(parts),
    // Shards run in parallel.
    durationMs: Math.max(...parts.map(({ run }) => run.durationMs), ...lost.map(({ durationMs }) => durationMs)),
  };
}

/** Only what all shards agree on: each downloads its own database. */
function databasesOf(parts: readonly { readonly run: CompletedRun }[]): Pick<CompletedRun, 'databases'> {
  const all = parts.flatMap(({ run }) => Object.entries(run.databases ?? {}));
  const agreed = all.filter(([name, digest]) => all.every(([other, value]) => other !== name || value === digest));
  return agreed.length === 0 ? {} : { databases: Object.fromEntries(agreed) };
}

function answerOf(engine: BoundEngine, runs: readonly EngineRun[] | GateError, shard: string): EngineRun | GateError {
  if (runs instanceof GateError) return runs;
  const [run, ...more] = runs.filter((candidate) => candidate.engine === engine.id);
  if (run !== undefined && more.length === 0) return run;
  return invalid(`${shard} has ${more.length === 0 ? 'no run' : 'more than one run'} of ${engine.id}`, 'one');
}

/** Shard and merge agree on whether an engine applies and is enabled, so a skipped engine can only lack its tool. */
function failureOf(run: Exclude<EngineRun, CompletedRun>): GateError {
  if (run.status === 'failed') return run.error;
  if (run.why === 'unavailable') return new GateError('TOOL_UNAVAILABLE', { message: run.reason });
  return invalid(`a shard skipped ${run.engine}, which applies to it: ${run.reason}`, 'a run');
}

/** Notes that all shards have are listed once. */
function notesOf(parts: readonly { readonly shard: string; readonly run: CompletedRun }[]): readonly string[] {
  const common = (note: string): boolean => parts.every(({ run }) => run.notes.includes(note));
  const shared = new Set(parts.flatMap(({ run }) => run.notes.filter(common)));
  const others = parts.flatMap(({ shard, run }) => run.notes.filter((note) => !common(note)).map((note) => `${shard}: ${note}`));
  return [...shared, ...others];
}
