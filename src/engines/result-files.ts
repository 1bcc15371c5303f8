import path from 'node:path';
import picomatch from 'picomatch';
import * as z from 'zod';
import { parseDuration } from '../model/duration.ts';
import type { EngineFinding } from '../model/finding.ts';
import { gapRule } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import type { Files, Ports } from '../ports/ports.ts';

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
  /** Whether it is a file of the commit that is judged, and not the same on the base: then no earlier step wrote it. */
  readonly isOfChange?: true;
}

/** Folders in which results are, or are not, to be found. */
export interface ResultFolders {
  readonly workspace: string;
  readonly trusted: string;
  readonly committed?: string;
}
/** A matching file, or the error that makes it unusable: each needs coverage. */
export type FoundFile = ResultFile | { readonly file: string; readonly error: GateError };

const maxBytes = 128 * 1024 * 1024;
const skipped = /(^|\/)(\.git|node_modules)$/;

/** All result files that match the globs, in order. A glob without a match is an error: an expected result is missing. */
export async function findResults(
  ports: Pick<Ports, 'files'>,
  folders: ResultFolders,
  globs: readonly string[],
  option: string,
): Promise<readonly FoundFile[]> {
  const { workspace } = folders;
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
    [...unique.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((entry) => read(ports, folders, entry.path)),
  );
}

async function read({ files }: Pick<Ports, 'files'>, folders: ResultFolders, file: string): Promise<FoundFile> {
  const absolute = path.join(folders.workspace, file);
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
    const text = (await files.readText(absolute)).replace(/^\uFEFF/, '');
    const isOfChange = await isWrittenByChange(files, folders, file);
    return { file, text, modifiedMs: stat.modifiedMs, ...(isOfChange && { isOfChange }) };
  } catch (thrown) {
    if (thrown instanceof GateError) return { file, error: thrown };
    throw thrown;
  }
}

/** Of the work tree, of the commit and of the base, by content. */
async function isWrittenByChange(files: Files, { workspace, committed, trusted }: ResultFolders, file: string): Promise<boolean> {
  if (committed === undefined || committed === trusted) return false;
  const hashIn = async (folder: string): Promise<string | undefined> => {
    const absolute = path.join(folder, file);
    return (await files.stat(absolute))?.kind === 'file' ? files.sha256(absolute) : undefined;
  };
  const [given, own, base] = await Promise.all([hashIn(workspace), hashIn(committed), hashIn(trusted)]);
  return own !== undefined && own === given && own !== base;
}

/** A change could replace what a scanner found by a result of its own. */
export function ofChange(found: FoundFile): readonly EngineFinding[] {
  if (!('isOfChange' in found) || found.isOfChange !== true) return [];
  const { file } = found;
  return [
    {
      engine: 'gate',
      rule: gapRule,
      category: 'policy',
      check: file,
      title: `the result ${file} is a file of this change and not of an earlier step, so it does not prove that a scan took place`,
      severity: 'unknown',
      subject: { kind: 'file', location: { file, line: 1, precision: 'file' } },
      fix: { text: 'Remove it from the commit, and let a step before the gate write it.' },
    },
  ];
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
