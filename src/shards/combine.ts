import type { BoundEngine } from '../engines/engine.ts';
import { shardName } from '../inputs/shard.ts';
import type { Coverage, EngineRun, Target } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { type Completed, onlyOwn, ownTargets } from './own-part.ts';
import { invalid } from './read-reports.ts';

/** What each shard says of one examination: its engines' runs, or why it is not to be believed. */
export interface Answers {
  readonly count: number;
  readonly of: (index: number) => readonly EngineRun[] | GateError;
}

/**
 * The engine's run as all shards together had it. Where it failed in one, or a shard is not there, the targets of that shard failed; what the
 * others say stands. Throws GateError where it failed in every shard that had something for it, as an engine would that failed as a whole.
 */
export function combine(engine: BoundEngine, set: ManifestSet, { count, of }: Answers): EngineRun {
  const parts: { readonly shard: string; readonly run: Completed }[] = [];
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
  if (first === undefined) throw lost[0]?.error ?? invalid(`no shard answers for ${engine.id}`, 'an answer of each');
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
    // They ran side by side.
    durationMs: Math.max(...parts.map(({ run }) => run.durationMs), ...lost.map(({ durationMs }) => durationMs)),
  };
}

function answerOf(engine: BoundEngine, runs: readonly EngineRun[] | GateError, shard: string): EngineRun | GateError {
  if (runs instanceof GateError) return runs;
  const [run, ...more] = runs.filter((candidate) => candidate.engine === engine.id);
  if (run !== undefined && more.length === 0) return run;
  return invalid(`${shard} has ${more.length === 0 ? 'no answer' : 'more than one answer'} of ${engine.id}`, 'one');
}

/** Whether it applies and is switched on is settled alike in shard and merge, so it can only have been without its tool. */
function failureOf(run: Exclude<EngineRun, Completed>): GateError {
  if (run.status === 'failed') return run.error;
  if (run.why === 'unavailable') return new GateError('TOOL_UNAVAILABLE', { message: run.reason });
  return invalid(`a shard left out ${run.engine}, which applies to it: ${run.reason}`, 'an answer');
}

/** Said once where every shard says it. */
function notesOf(parts: readonly { readonly shard: string; readonly run: Completed }[]): readonly string[] {
  const common = (note: string): boolean => parts.every(({ run }) => run.notes.includes(note));
  const shared = new Set(parts.flatMap(({ run }) => run.notes.filter(common)));
  const others = parts.flatMap(({ shard, run }) => run.notes.filter((note) => !common(note)).map((note) => `${shard}: ${note}`));
  return [...shared, ...others];
}
