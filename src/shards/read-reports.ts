import path from 'node:path';
import { GateError, toGateError } from '../model/gate-error.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import type { Ports } from '../ports/ports.ts';
import { type ShardReport, shardReportSchema } from './report-schema.ts';

/** Maximum size of one report: Node cannot read more into one string. A shard reports this error itself. */
export const shardReportMaxBytes = 256 * 1024 * 1024;
/** Twice the maximum of a job matrix: a folder with more files does not contain only reports of shards. */
const maxFiles = 512;

export type FoundReport =
  | { readonly file: string; readonly report: ShardReport }
  | { readonly file: string; readonly error: GateError };

/**
 * Reads every given file as a report or as an error. All of them must be reports: an unreadable one might be the one that blocks. Throws
 * GateError if a file or folder does not exist.
 */
export async function readReports(from: readonly string[], { files }: Pick<Ports, 'files'>): Promise<readonly FoundReport[]> {
  const names: string[] = [];
  for (const given of from) names.push(...(await filesAt(given, files)));
  const unique = [...new Set(names)];
  if (unique.length > maxFiles)
    throw invalid(`there are ${unique.length} files`, `at most ${maxFiles} reports, one for each shard`);
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
    const parsed = shardReportSchema().safeParse(parse(await files.readText(file)));
    if (parsed.success) return { file, report: parsed.data };
    return refused(file, schemaProblem(parsed.error, { whole: 'it' }));
  } catch (thrown) {
    return refused(file, toGateError(thrown).message);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GateError('SHARD_INVALID', { message: text.trim() === '' ? 'it is empty' : 'it is not valid JSON' });
  }
}

/** The file is part of the message, not a location: it is not in the repository, so reports cannot link to it. */
function refused(file: string, why: string): FoundReport {
  return {
    file,
    error: invalid(`${file} is not a report of a shard: ${why}`, 'a report written with `shard` by the same version of k8s-gate'),
  };
}

export function invalid(message: string, expected: string): GateError {
  return new GateError('SHARD_INVALID', {
    message: message.slice(0, 1_000),
    expected,
    next: 'Check the jobs of the shards; re-run those that failed, then the merge. See docs/scale.md.',
  });
}
