import type { BoundEngine } from '../engines/engine.ts';
import { type Shard, shardName } from '../inputs/shard.ts';
import type { CompletedRun, Target } from '../model/engine-run.ts';
import type { EngineFinding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { ownerOf, partOf, shardOf } from './share.ts';

/**
 * The targets of an engine in a shard. An engine that judges the whole set at once runs in one shard, selected by its id; results of other
 * tools are imported by the merge, which is the only run that has all of them.
 */
export function ownTargets(engine: BoundEngine, set: ManifestSet, { index, count }: Shard): readonly Target[] {
  if (engine.kind === 'importer') return [];
  if (engine.scope === 'set') return shardOf(engine.id, count) === index ? engine.targets(set) : [];
  const owner = ownerOf(set, count);
  return engine.targets(set).filter((target) => owner(target) === index);
}

/** The engine as a shard runs it: same checks and reconciliation, restricted to the shard's own part. */
export function ownPart(engine: BoundEngine, shard: Shard): BoundEngine {
  const part = {
    ...engine,
    targets: (set: ManifestSet) => ownTargets(engine, set, shard),
    notApplicable: (set: ManifestSet) =>
      engine.notApplicable(set) ?? (ownTargets(engine, set, shard).length === 0 ? elsewhere(engine, shard) : undefined),
  };
  if (engine.scope === 'set') return part;
  return {
    ...part,
    run: async (context) => {
      return onlyOwn(await engine.run({ ...context, set: partOf(context.set, shard) }), context.set, shard);
    },
  };
}

function elsewhere(engine: BoundEngine, { count }: Shard): string {
  if (engine.kind === 'importer') return 'the merge imports results';
  if (engine.scope !== 'set') return 'this shard has no targets for it';
  return `it evaluates the whole set at once, in ${shardName({ index: shardOf(engine.id, count), count })}`;
}

/** Drops results for Namespaces of other shards, which are only included for their labels. */
export function onlyOwn<Run extends Pick<CompletedRun, 'findings' | 'coverage'>>(
  run: Run,
  set: ManifestSet,
  { index, count }: Shard,
): Run {
  const owner = ownerOf(set, count);
  const about = (target: Target): boolean => {
    const owned = owner(target);
    return owned === undefined || owned === index;
  };
  return {
    ...run,
    findings: run.findings.filter(({ subject }) => about(targetOf(subject))),
    coverage: run.coverage.filter(({ target }) => about(target)),
  };
}

function targetOf(subject: EngineFinding['subject']): Target {
  return subject.kind === 'file' ? { kind: 'file', file: subject.location.file } : subject;
}
