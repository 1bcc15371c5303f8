import path from 'node:path';
import picomatch from 'picomatch';
import * as z from 'zod';
import { parseDuration } from '../model/duration.ts';
import { GateError } from '../model/gate-error.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import type { Ports } from '../ports/ports.ts';

/** Options of importers: files written by another tool in an earlier step. */
export const globsSchema = z.array(
  z
    .string()
    .min(1)
    .regex(/^(?!\/|.*(?:^|\/)\.\.(?:\/|$))/, 'expected a path or glob inside the repository'),
);

export interface ResultFile {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  readonly modifiedMs: number;
}
/** A matching file, or the error that makes it unusable: each needs coverage. */
export type FoundFile = ResultFile | { readonly file: string; readonly error: GateError };

const maxBytes = 128 * 1024 * 1024;
const skipped = /(^|\/)(\.git|node_modules)$/;

/** All result files that match the globs, in order. A glob without a match is an error: an expected result is missing. */
export async function findResults(
  ports: Pick<Ports, 'files'>,
  workspace: string,
  globs: readonly string[],
  option: string,
): Promise<readonly FoundFile[]> {
  const walked = await ports.files.walk(workspace, (folder) => skipped.test(folder));
  const found = globs.map((glob) => {
    const matches = picomatch(glob, { dot: true, flags: 's' });
    return walked.filter((entry) => matches(entry.path));
  });
  const empty = globs.find((_glob, index) => found[index]?.length === 0);
  if (empty !== undefined) {
    throw new GateError('SOURCE_UNREADABLE', {
      message: `no file matches ${JSON.stringify(empty)} of \`${option}\``,
      expected: 'the result of an earlier step',
      next: 'Check that an earlier step wrote it here (folders behind a symlink are not searched), or remove the entry.',
    });
  }
  const unique = new Map(found.flat().map((entry) => [entry.path, entry]));
  return Promise.all(
    [...unique.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((entry) => read(ports, workspace, entry.path)),
  );
}

async function read({ files }: Pick<Ports, 'files'>, workspace: string, file: string): Promise<FoundFile> {
  const absolute = path.join(workspace, file);
  const stat = await files.stat(absolute);
  if (stat?.kind !== 'file') {
    const message = `a ${stat?.kind ?? 'missing file'} cannot be read as a result`;
    return { file, error: new GateError('SOURCE_UNREADABLE', { file, message, expected: 'a regular file' }) };
  }
  if (stat.size > maxBytes) {
    const message = `the result has ${stat.size} bytes`;
    return { file, error: new GateError('SOURCE_UNREADABLE', { file, message, expected: `at most ${maxBytes} bytes` }) };
  }
  try {
    return { file, text: (await files.readText(absolute)).replace(/^\uFEFF/, ''), modifiedMs: stat.modifiedMs };
  } catch (thrown) {
    if (thrown instanceof GateError) return { file, error: thrown };
    throw thrown;
  }
}

/** Tolerated clock difference between two machines; later dates are rejected. */
const skewMs = 3_600_000;

/** Throws RESULT_STALE for a result older than `maxAge`, or from the future. `whenMs` is its creation time, as far as known. */
export function requireFresh(file: string, whenMs: number, maxAge: string, now: Date): void {
  const limit = parseDuration(maxAge);
  const age = now.getTime() - whenMs;
  if (limit !== undefined && Number.isFinite(age) && age <= limit && age >= -skewMs) return;
  const when = Number.isFinite(whenMs) ? new Date(whenMs).toISOString() : 'an unknown time';
  throw new GateError('RESULT_STALE', {
    file,
    message: `the result is of ${when}${age < 0 ? ', which is in the future' : ''}`,
    expected: `a result not older than ${maxAge}`,
    next: 'Run the scanner again, or raise `maxAge`.',
  });
}

/** JSON of a result file. Throws ENGINE_OUTPUT_INVALID with the file. */
export function parseResult<Value>(file: string, text: string, schema: z.ZodType<Value>, expected: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GateError('ENGINE_OUTPUT_INVALID', {
      file,
      message: text.trim() === '' ? 'empty' : 'not valid JSON',
      expected,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GateError('ENGINE_OUTPUT_INVALID', { file, message: schemaProblem(parsed.error), expected });
}
