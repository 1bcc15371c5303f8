import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { GateMode } from './event-safety.ts';
import { lines } from './lines.ts';
import type { RawScale } from './shard.ts';

interface Surroundings {
  readonly mode: GateMode;
  /** A file below the job's workspace where it is relative. */
  readonly resolve: (given: string) => string;
  /** Of the runner. */
  readonly temp: string;
}

/** What the action's inputs say of shards. Each belongs to one mode, and one that would do nothing is a mistake. Throws GateError INPUT_INVALID. */
export function readScale(input: (name: string) => string, { mode, resolve, temp }: Surroundings): RawScale | undefined {
  const shard = input('shard').trim();
  const report = input('shard-report');
  const from = lines(input('shards'));
  if (mode !== 'merge' && from.length > 0) throw refused('shards', 'is for `mode: merge`', 'mode: merge');
  if (mode !== 'judge' && shard !== '')
    throw refused('shard', `can’t be combined with mode ${mode}`, 'mode: judge, the default, in the jobs of the matrix');
  if (shard === '' && report !== '') throw refused('shard-report', 'is for a run with `shard`', 'shard, such as 2/8');
  if (mode === 'merge') return { kind: 'merge', from: from.map(resolve) };
  if (shard === '') return undefined;
  const name = `shard-${shard.replaceAll('/', '-of-').replaceAll(/[^\w-]/g, '_')}.json`;
  return { kind: 'shard', shard, report: report === '' ? path.join(temp, 'k8s-gate', name) : resolve(report) };
}

function refused(name: string, message: string, expected: string): GateError {
  return new GateError('INPUT_INVALID', { message: `${name}: ${message}`, expected, next: 'See docs/scale.md.' });
}
