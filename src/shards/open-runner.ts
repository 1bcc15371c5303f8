import { runEngines } from '../engines/run.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { WaiverSet } from '../model/waiver.ts';
import type { Ports } from '../ports/ports.ts';
import { configurationDigest } from './digests.ts';
import type { EngineRunner } from './engine-runner.ts';
import { openMerge } from './merge.ts';
import { openShard } from './shard.ts';

/** Throws GateError SHARD_INVALID if the reports given to a merge do not tell how many shards there are. */
export async function openRunner(
  inputs: Inputs,
  { ledger, gateVersion, baseSha }: { readonly ledger: WaiverSet; readonly gateVersion: string; readonly baseSha?: string },
  ports: Pick<Ports, 'files' | 'git' | 'log'>,
): Promise<EngineRunner> {
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

const whole: EngineRunner = {
  run: (_name, engines, set, context) => runEngines(engines, set, context),
  judged: (set) => set,
  conclude: () => Promise.resolve(),
};
