import type { BoundEngine } from '../engines/engine.ts';
import type { EnginesContext } from '../engines/run.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Verdict } from '../model/verdict.ts';
import type { ShardReport } from './report-schema.ts';

/** What engines run on: the change, the base to compare with, or the change with its own policies. */
export type Examination = keyof ShardReport['examined'];

/** How a run obtains the results of its engines: it runs all of them (whole), only its share (shard), or reads the reports of shards (merge). */
export interface EngineRunner {
  run(
    name: Examination,
    engines: readonly BoundEngine[],
    set: ManifestSet,
    context: EnginesContext,
  ): Promise<readonly EngineRun[]>;
  /** The part of the set that this run's verdict covers. */
  judged(set: ManifestSet): ManifestSet;
  /** Called after the verdict; a shard writes its report here. Throws GateError if that fails. */
  conclude(verdict: Verdict): Promise<void>;
}
