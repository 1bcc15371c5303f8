import path from 'node:path';
import * as z from 'zod';
import { GateError, toGateError } from '../model/gate-error.ts';
import type { Ports } from '../ports/ports.ts';
import { type ShardReport, shardReportSchema } from './report-schema.ts';

/** Of one report: more than that can't be read into one text by Node, and a shard says so itself. */
export const shardReportMaxBytes = 256 * 1024 * 1024;
/** Twice what a matrix can have: whatever is in such a folder, it is not the shards' reports. */
const maxFiles = 512;

export type FoundReport =
  | { readonly file: string; readonly report: ShardReport }
  | { readonly file: string; readonly error: GateError };

/**
 * Every file that was handed over, each as a report or as what is wrong with it. All of them must be reports: one that is left out because
 * it can't be read might be the one that blocks. Throws GateError where a file or folder is not there.
 */
export async function readReports(from: readonly string[], { files }: Pick<Ports, 'files'>): Promise<readonly FoundReport[]> {
  const names: string[] = [];
  for (const given of from) names.push(...(await filesAt(given, files)));
  const unique = [...new Set(names)];
  if (unique.length > maxFiles)
    throw invalid(`${unique.length} files were handed over`, `at most ${maxFiles}, one for each shard`);
  const found: FoundReport[] = [];
  for (const file of unique) found.push(await readOne(file, files));
  return found;
}

async function filesAt(given: string, files: Ports['files']): Promise<readonly string[]> {
  const stat = await files.stat(given);
  if (stat?.kind === 'file') return [given];
  if (stat?.kind !== 'folder')
    throw invalid(
      stat === undefined ? `${given} does not exist` : `${given} is a ${stat.kind}`,
      'the report of a shard, or a folder of reports',
    );
  const walked = await files.walk(given, () => false);
  if (walked.length === 0) throw invalid(`${given} is empty`, 'the reports of all shards');
  return walked.map((entry) => path.join(given, entry.path));
}

async function readOne(file: string, files: Ports['files']): Promise<FoundReport> {
  try {
    const stat = await files.stat(file);
    if (stat?.kind !== 'file') return refused(file, `it is a ${stat?.kind ?? 'missing file'}`);
    if (stat.size > shardReportMaxBytes) return refused(file, `it has ${stat.size} bytes, more than ${shardReportMaxBytes}`);
    const parsed = shardReportSchema.safeParse(parse(await files.readText(file)));
    if (parsed.success) return { file, report: parsed.data };
    const [issue] = parsed.error.issues;
    const field = issue === undefined || issue.path.length === 0 ? 'it' : z.core.toDotPath(issue.path);
    return refused(file, `${field} is not as it should be: ${issue?.message ?? 'unknown'}`);
  } catch (thrown) {
    return refused(file, toGateError(thrown).message);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GateError('SHARD_INVALID', { message: text.trim() === '' ? 'it is empty' : 'it is not readable as JSON' });
  }
}

/** The file stands in the message: it is none of the repository's, so that no report may point at it. */
function refused(file: string, why: string): FoundReport {
  return { file, error: invalid(`${file} is no report of a shard: ${why}`, 'what `shard` of the same k8s-gate wrote') };
}

export function invalid(message: string, expected: string): GateError {
  return new GateError('SHARD_INVALID', {
    message: message.slice(0, 1_000),
    expected,
    next: 'Look at the jobs of the shards; run those that failed again, then the merge. See docs/scale.md.',
  });
}
