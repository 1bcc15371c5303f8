import type { BoundEngine } from '../engines/engine.ts';
import { type EnginesContext, runEngines } from '../engines/run.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { EngineRun } from '../model/engine-run.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Verdict } from '../model/verdict.ts';
import type { WaiverLedger } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { configurationDigest } from './digests.ts';
import { openMerge } from './merge.ts';
import type { ShardReport } from './report-schema.ts';
import { openShard } from './shard.ts';

/** The change, the base to compare with, and the change by its own policies. */
export type Stage = keyof ShardReport['examined'];

/** How the engines' work is divided between runs. The rest of the gate is the same in all of them. */
export interface Division {
  /** The engines' answers: their own, of a part or the whole, or those that shards brought. */
  ask(stage: Stage, engines: readonly BoundEngine[], set: ManifestSet, context: EnginesContext): Promise<readonly EngineRun[]>;
  /** What this run's verdict is about. */
  judged(set: ManifestSet): ManifestSet;
  /** After the verdict: hands over what others need of it. Throws GateError where that fails. */
  conclude(verdict: Verdict): Promise<void>;
}

/** Throws GateError SHARD_INVALID for a merge that can't be told from what was handed over. */
export async function openDivision(
  inputs: Inputs,
  { ledger, gateVersion, baseSha }: { readonly ledger: WaiverLedger; readonly gateVersion: string; readonly baseSha?: string },
  ports: Pick<Ports, 'files' | 'git' | 'log'>,
): Promise<Division> {
  const { scale } = inputs;
  if (scale.kind === 'whole') return whole;
  const head = await ports.git.head(inputs.config.checkout).catch(() => undefined);
  const facts = {
    gate: gateVersion,
    configuration: configurationDigest(inputs, ledger),
    ...(head !== undefined && { head: head.sha }),
    ...(baseSha !== undefined && { base: baseSha }),
  };
  return scale.kind === 'shard' ? openShard(scale, facts, ports) : await openMerge(scale.from, facts, ports);
}

const whole: Division = {
  ask: (_stage, engines, set, context) => runEngines(engines, set, context),
  judged: (set) => set,
  conclude: () => Promise.resolve(),
};
