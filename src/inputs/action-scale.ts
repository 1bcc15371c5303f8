import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { GateMode } from './event-safety.ts';
import type { Given } from './options/table.ts';
import type { RawScale } from './shard.ts';

/**
 * The inputs about shards. Each belongs to one mode, and one that would do nothing is a mistake. Throws GateError INPUT_INVALID.
 * @param temp The runner's temporary folder.
 */
export function readScale({ shard, shardReport, shards = [] }: Given, mode: GateMode, temp: string): RawScale | undefined {
  if (mode !== 'merge' && shards.length > 0) throw refused('shards', 'is for `mode: merge`', 'mode: merge');
  if (mode !== 'judge' && shard !== undefined)
    throw refused('shard', `can’t be combined with mode ${mode}`, 'mode: judge, the default, in the jobs of the matrix');
  if (shard === undefined && shardReport !== undefined)
    throw refused('shard-report', 'is for a run with `shard`', 'shard, such as 2/8');
  if (mode === 'merge') return { kind: 'merge', from: shards };
  if (shard === undefined) return undefined;
  const name = `shard-${shard
    .trim()
    .replaceAll('/', '-of-')
    .replaceAll(/[^\w-]/g, '_')}.json`;
  return { kind: 'shard', shard: shard.trim(), report: shardReport ?? path.join(temp, 'k8s-gate', name) };
}

function refused(name: string, message: string, expected: string): GateError {
  return new GateError('INPUT_INVALID', { message: `${name}: ${message}`, expected, next: 'See docs/scale.md.' });
}
