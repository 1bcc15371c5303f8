import path from 'node:path';
import * as z from 'zod';
import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import { downloadArgs } from './args.ts';
import { reason } from './log-lines.ts';
import { runTrivy, type TrivyContext } from './process.ts';

/** trivy-db's metadata.json. `NextUpdate` is not read: a far-away one would freeze the database for ever. */
const metadataSchema = z.object({ Version: z.number(), UpdatedAt: z.iso.datetime({ offset: true }) });

const minute = 60_000;
const clockSkewMs = 60 * minute;

/**
 * Sees to it that a vulnerability database of the wanted age is in the cache, and answers with its date. A failed update is
 * forgiven while the cached one is young enough. Throws ENGINE_FAILED or RESULT_STALE.
 */
export async function prepareDatabase(
  context: TrivyContext,
): Promise<{ readonly updatedAt: Date; readonly notes: readonly string[] }> {
  const { files } = context.ports;
  const folder = path.join(context.folders.cache, 'db');
  const { db } = context.options;
  const before = await updatedAt(context, folder);
  const fresh = before !== undefined && ageProblem(context, before) === undefined;
  const notes: string[] = [];
  if (!db.skipUpdate) {
    // Trivy itself would keep a database whose metadata asks for no update.
    if (!fresh) await files.remove(folder);
    const update = await runTrivy(context, downloadArgs(context.folders, 'vulnerability', db.repository), 'allowed');
    if (update.exitCode !== 0) {
      if (!fresh) throw downloadError('vulnerability', db.repository, update.stderr);
      notes.push('the vulnerability database could not be updated; the one in the cache was used');
    }
  }
  await dropOldJavaIndex(context);
  const after = await updatedAt(context, folder);
  if (after === undefined) throw missing();
  requireFresh(context, after);
  return { updatedAt: after, notes };
}

/** Throws RESULT_STALE for a database that is older than `db.maxAge`, or from the future. */
export function requireFresh(context: TrivyContext, date: Date): void {
  const problem = ageProblem(context, date);
  if (problem === undefined) return;
  throw new GateError('RESULT_STALE', {
    message: `the vulnerability database is of ${date.toISOString()}, ${problem}`,
    expected: `one that is at most ${context.options.db.maxAge} old`,
    next: 'Let the gate download it (`engines.trivy.db.skipUpdate: false`), update the mirror, or raise `engines.trivy.db.maxAge`.',
  });
}

function ageProblem(context: TrivyContext, date: Date): string | undefined {
  const ageMs = context.ports.clock.now().getTime() - date.getTime();
  if (ageMs < -clockSkewMs) return 'which is in the future';
  return ageMs > maxAgeMs(context) ? `${Math.floor(ageMs / (24 * 60 * minute))} days ago` : undefined;
}

function maxAgeMs(context: TrivyContext): number {
  const ms = parseDuration(context.options.db.maxAge);
  if (ms === undefined)
    throw new GateError('CONFIG_INVALID', { message: `engines.trivy.db.maxAge is no duration: ${context.options.db.maxAge}` });
  return ms;
}

async function updatedAt(context: TrivyContext, folder: string): Promise<Date | undefined> {
  const { files } = context.ports;
  const file = path.join(folder, 'metadata.json');
  if ((await files.stat(file)) === undefined) return undefined;
  try {
    return new Date(metadataSchema.parse(JSON.parse(await files.readText(file))).UpdatedAt);
  } catch {
    return undefined;
  }
}

/** The Java index is fetched when an image needs it and never refreshed by a scan: an old one is dropped, so that it is fetched anew. */
async function dropOldJavaIndex(context: TrivyContext): Promise<void> {
  const folder = path.join(context.folders.cache, 'java-db');
  const date = await updatedAt(context, folder);
  if (date === undefined || context.options.db.skipUpdate || ageProblem(context, date) === undefined) return;
  await context.ports.files.remove(folder);
}

export async function downloadJavaIndex(context: TrivyContext): Promise<void> {
  const { skipUpdate, javaRepository } = context.options.db;
  if (skipUpdate) {
    throw new GateError('ENGINE_FAILED', {
      message: "an image has JAR files, and Trivy's Java index is not in the cache",
      next: 'Let the gate download it: set `engines.trivy.db.skipUpdate` to false.',
    });
  }
  context.progress('downloading the Java index');
  const download = await runTrivy(context, downloadArgs(context.folders, 'java', javaRepository), 'allowed');
  if (download.exitCode !== 0) throw downloadError('java', javaRepository, download.stderr);
}

function downloadError(database: 'vulnerability' | 'java', repository: string | undefined, stderr: string): GateError {
  const [name, option] = database === 'java' ? ['Java index', 'javaRepository'] : ['vulnerability database', 'repository'];
  return new GateError('ENGINE_FAILED', {
    message: `the ${name} could not be downloaded from ${repository ?? "Trivy's own repositories"}: ${reason(stderr)}`,
    next: `Check the network, or name a mirror with \`engines.trivy.db.${option}\`.`,
  });
}

function missing(): GateError {
  return new GateError('ENGINE_FAILED', {
    message: 'there is no readable vulnerability database in the cache folder',
    next: 'Let the gate download it (`engines.trivy.db.skipUpdate: false`), or restore the cache.',
  });
}
