import * as z from 'zod';
import { runEngines } from '../engines/run.ts';
import { type Scale, type Shard, shardName } from '../inputs/shard.ts';
import { targetKey } from '../model/engine-run.ts';
import { GateError } from '../model/gate-error.ts';
import type { Ports } from '../ports/ports.ts';
import type { Facts } from './agree.ts';
import { setDigest } from './digests.ts';
import type { EngineRunner, Examination } from './engine-runner.ts';
import { ownPart } from './own-part.ts';
import { shardReportMaxBytes } from './read-reports.ts';
import { type ShardReport, shardReportSchema } from './report-schema.ts';

type Examined = ShardReport['examined']['head'];

/** Engines judge the shard's part, the verdict is about that part, and their results are always written to a report for the merge. */
export function openShard(
  { shard, report }: Extract<Scale, { kind: 'shard' }>,
  facts: Facts,
  { files, log }: Pick<Ports, 'files' | 'log'>,
): EngineRunner {
  const examined = new Map<Examination, Examined>();
  const asked = new Set<string>();
  return {
    async run(stage, engines, set, context) {
      const parts = engines.map((engine) => ownPart(engine, shard));
      for (const part of parts)
        if (stage === 'head' && part.enabled && part.notApplicable(set) === undefined)
          for (const target of part.targets(set)) asked.add(targetKey(target));
      const runs = await runEngines(parts, set, context);
      examined.set(stage, { set: setDigest(set), runs: [...runs] });
      return runs;
    },
    judged: (set) => ({
      ...set,
      resources: set.resources.filter(({ uid }) => asked.has(targetKey({ kind: 'resource', resource: uid }))),
      images: set.images.filter(({ reference }) => asked.has(targetKey({ kind: 'image', reference }))),
    }),
    async conclude({ outcome }) {
      await files.write(report, textOf(shard, facts, examined));
      log.info(`${shardName(shard)}: ${outcome} for its part, written to ${report}; the merge determines the verdict`);
    },
  };
}

function textOf(shard: Shard, facts: Facts, examined: ReadonlyMap<Examination, Examined>): string {
  const [head, compared, previewed] = (['head', 'compared', 'previewed'] as const).map((stage) => examined.get(stage));
  if (head === undefined) throw new GateError('INTERNAL', { message: `${shardName(shard)} has not run any engine` });
  const stages = { head, ...(compared !== undefined && { compared }), ...(previewed !== undefined && { previewed }) };
  // Validated here, so that the merge does not reject it later.
  const report: ShardReport = { kind: 'k8s-gate/shard', schemaVersion: 1, ...facts, shard, examined: stages };
  const text = JSON.stringify(z.encode(shardReportSchema(), report));
  if (Buffer.byteLength(text) <= shardReportMaxBytes) return text;
  throw new GateError('SHARD_INVALID', {
    message: `the report of ${shardName(shard)} has more than ${shardReportMaxBytes} bytes`,
    next: 'Use more shards.',
  });
}
