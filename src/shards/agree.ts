import { type Shard, shardName } from '../inputs/shard.ts';
import type { GateError } from '../model/gate-error.ts';
import { type FoundReport, invalid } from './read-reports.ts';
import type { ShardReport } from './report-schema.ts';

/** Facts about this run that must be the same in each shard. */
export type Facts = Pick<ShardReport, 'gate' | 'head' | 'base' | 'configuration'>;

/** The shards of one run: each has a valid report, or the reason why it has none. */
export interface Shards {
  readonly count: number;
  readonly reports: ReadonlyMap<number, ShardReport>;
  readonly faults: ReadonlyMap<number, GateError>;
  /** Errors for files that do not belong to any shard. */
  readonly strays: readonly GateError[];
}

/** Throws GateError SHARD_INVALID only if the number of shards is unknown: then no shard can be evaluated. */
export function agree(found: readonly FoundReport[], facts: Facts): Shards {
  const count = agreedCount(found);
  const reports = new Map<number, ShardReport>();
  const faults = new Map<number, GateError>();
  for (let index = 1; index <= count; index++) {
    const own = found.filter((one) => 'report' in one && one.report.shard.index === index);
    const [first] = own;
    if (first === undefined || !('report' in first)) faults.set(index, missing({ index, count }));
    else if (own.length > 1) faults.set(index, twice({ index, count }, own));
    else {
      const why = differing(first.report, facts);
      if (why === undefined) reports.set(index, first.report);
      else
        faults.set(
          index,
          invalid(`${shardName(first.report.shard)} (${first.file}) belongs to another run: ${why}`, 'shards of one run'),
        );
    }
  }
  return { count, reports, faults, strays: found.flatMap((one) => ('error' in one ? [one.error] : [])) };
}

function agreedCount(found: readonly FoundReport[]): number {
  const [first, ...rest] = found.flatMap((one) => ('report' in one ? [one] : []));
  if (first === undefined) {
    for (const one of found) if ('error' in one) throw one.error;
    throw invalid('there is no report of any shard', 'the reports of all shards');
  }
  const { count } = first.report.shard;
  for (const { file, report } of [first, ...rest]) {
    const { shard } = report;
    if (shard.count !== count)
      throw invalid(
        `${first.file} is ${shardName(first.report.shard)}, and ${file} is ${shardName(shard)}`,
        'shards of one run: all with the same number of shards',
      );
    if (shard.index > shard.count) throw invalid(`${file} is ${shardName(shard)}`, `a shard from 1 to ${shard.count}`);
  }
  return count;
}

function missing(shard: Shard): GateError {
  return invalid(`${shardName(shard)} is missing`, `a report of each of the ${shard.count} shards`);
}

function twice(shard: Shard, files: readonly FoundReport[]): GateError {
  const names = files.map(({ file }) => file).join(' and ');
  return invalid(`${shardName(shard)} has more than one report: ${names}`, 'one report of each shard');
}

function differing(report: ShardReport, facts: Facts): string | undefined {
  if (report.gate !== facts.gate) return `its gate version is ${report.gate}, this one is ${facts.gate}`;
  if (report.head !== facts.head) return `its commit is ${report.head ?? 'unknown'}, this one is ${facts.head ?? 'unknown'}`;
  if (report.base !== facts.base) return `its base is ${report.base ?? 'none'}, this one is ${facts.base ?? 'none'}`;
  if (report.configuration === facts.configuration) return undefined;
  return 'its configuration, options or waivers differ from those of the merge';
}
