import type { BoundEngine } from '../engines/engine.ts';
import { runEngines } from '../engines/run.ts';
import { shardName } from '../inputs/shard.ts';
import { GateError } from '../model/gate-error.ts';
import type { Ports } from '../ports/ports.ts';
import { agree, type Facts, type Shards } from './agree.ts';
import { type Answers, combine } from './combine.ts';
import { setDigest } from './digests.ts';
import type { EngineRunner, Examination } from './engine-runner.ts';
import { invalid, readReports } from './read-reports.ts';

/**
 * Takes the results of engines from the reports of shards. A shard that is missing, or that evaluated something else, is an additional error:
 * the verdict can then not be a pass, and reports name the shard.
 */
export async function openMerge(
  from: readonly string[],
  facts: Facts,
  { files, log }: Pick<Ports, 'files' | 'log'>,
): Promise<EngineRunner> {
  const shards = agree(await readReports(from, { files }), facts);
  const faults = [...shards.faults.values(), ...shards.strays];
  for (const fault of faults) log.error(fault.message);
  log.info(`merge: ${shards.reports.size} of ${shards.count} shards`);
  return {
    run(stage, engines, set, context) {
      const answers = answersOf(shards, stage, setDigest(set));
      for (let index = 1; index <= shards.count; index++) {
        const answer = answers.of(index);
        if (answer instanceof GateError) faults.push(answer);
      }
      return runEngines(
        engines.map((engine) => (engine.kind === 'importer' ? engine : answered(engine, answers))),
        set,
        context,
      );
    },
    judged: (set) => ({ ...set, failures: [...set.failures, ...faults] }),
    conclude: () => Promise.resolve(),
  };
}

function answersOf({ count, reports, faults }: Shards, stage: Examination, set: string): Answers {
  const byIndex = Array.from({ length: count }, (_, position) => {
    const shard = { index: position + 1, count };
    const examined = reports.get(shard.index)?.examined[stage];
    if (examined?.set === set) return examined.runs;
    return (
      faults.get(shard.index) ??
      invalid(
        `${shardName(shard)} evaluated other files: its view of ${what[stage]} differs from that of the merge`,
        'the same checkout',
      )
    );
  });
  return { count, of: (index) => byIndex[index - 1] ?? invalid(`there is no ${shardName({ index, count })}`, `1 to ${count}`) };
}
const what: Readonly<Record<Examination, string>> = {
  head: 'the change',
  compared: 'the base commit',
  previewed: 'the change with its own policies',
};

/** Replaces the engine's run by the combined answers: applicability and required targets are determined as in any other run. */
function answered({ tool: _tool, ...engine }: BoundEngine, answers: Answers): BoundEngine {
  return { ...engine, run: ({ set }) => Promise.resolve().then(() => combine(engine, set, answers)) };
}
