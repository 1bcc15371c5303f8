import * as z from 'zod';
import { parseJson } from '../../model/attempt.ts';
import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import { digest } from '../reuse.ts';
import type { Database } from './args.ts';
import { databaseFiles, download } from './download.ts';
import type { TrivyContext } from './process.ts';

/** trivy-db's metadata.json, also returned by a server. */
export const metadataSchema = z.object({
  Version: z.number(),
  UpdatedAt: z.iso.datetime({ offset: true }),
  NextUpdate: z.iso.datetime({ offset: true }).optional().catch(undefined),
  DownloadedAt: z.iso.datetime({ offset: true }).optional().catch(undefined),
});
type Metadata = z.infer<typeof metadataSchema>;

const minute = 60_000;
const clockSkewMs = 60 * minute;

/** A database that is present and recent enough. */
export interface ReadyDatabase {
  /** Identifies the database; undefined if unknown, so that its results are not reused. */
  readonly identity: string | undefined;
  readonly notes: readonly string[];
  /** Whether it is still the database of `identity`. */
  readonly unchanged: () => Promise<boolean>;
}

/**
 * Ensures that a recent vulnerability database is in the cache. A failed update is tolerated if the cached one is recent enough. Throws
 * ENGINE_FAILED or RESULT_STALE.
 */
export async function prepareDatabase(context: TrivyContext): Promise<ReadyDatabase> {
  const { files } = context.ports;
  const { data } = databaseFiles(context, 'vulnerability');
  const before = await readMetadata(context, 'vulnerability');
  const fresh =
    before !== undefined && ageProblem(context, updated(before)) === undefined && (await files.stat(data)) !== undefined;
  const notes: string[] = [];
  if (!context.options.db.skipUpdate && (!fresh || isDue(context, before))) {
    try {
      context.progress('downloading the vulnerability database');
      await download(context, 'vulnerability');
    } catch (thrown) {
      if (!fresh || context.signal.aborted) throw thrown;
      notes.push('the vulnerability database could not be updated; the cached one was used');
    }
  }
  await dropOldJavaIndex(context);
  const after = await readMetadata(context, 'vulnerability');
  if (after === undefined) throw missing();
  requireFresh(context, updated(after));
  const seen = await state(context);
  return {
    identity: await identityOf(context, after),
    notes: [`vulnerability database of ${updated(after).toISOString().slice(0, 10)}`, ...notes],
    unchanged: async () => (await state(context)) === seen,
  };
}

/**
 * The metadata and the hash of its content: metadata alone could belong to another database, due to a broken mirror or a manipulated cache.
 * Hashing takes a second per gigabyte. The Java index is identified by its date, since it only maps JAR files to names.
 */
async function identityOf(context: TrivyContext, { Version, UpdatedAt }: Metadata): Promise<string> {
  const { data } = databaseFiles(context, 'vulnerability');
  if ((await context.ports.files.stat(data)) === undefined) throw missing();
  const java = await readMetadata(context, 'java');
  return digest([Version, UpdatedAt, await context.ports.files.sha256(data), java?.UpdatedAt ?? ''].join('\n'));
}

/** Another job with the same cache may replace the database at any time. */
async function state(context: TrivyContext): Promise<string> {
  const { data } = databaseFiles(context, 'vulnerability');
  const [stat, metadata] = [await context.ports.files.stat(data), await readMetadata(context, 'vulnerability')];
  return `${stat?.size} ${stat?.modifiedMs} ${metadata?.UpdatedAt}`;
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

/** Trivy's own rule for updates: after the announced next update, and at most once per hour. */
function isDue(context: TrivyContext, { NextUpdate, DownloadedAt }: Metadata): boolean {
  const nowMs = context.ports.clock.now().getTime();
  const announced = NextUpdate !== undefined && nowMs < Date.parse(NextUpdate);
  const askedMs = DownloadedAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(DownloadedAt);
  const justAsked = nowMs < askedMs + 60 * minute && askedMs <= nowMs + clockSkewMs;
  return !announced && !justAsked;
}

function updated({ UpdatedAt }: Metadata): Date {
  return new Date(UpdatedAt);
}

function ageProblem(context: TrivyContext, date: Date): string | undefined {
  const ageMs = context.ports.clock.now().getTime() - date.getTime();
  if (ageMs < -clockSkewMs) return 'which is in the future';
  return ageMs > maxAgeMs(context) ? `${Math.floor(ageMs / (24 * 60 * minute))} days ago` : undefined;
}

function maxAgeMs(context: TrivyContext): number {
  const ms = parseDuration(context.options.db.maxAge);
  if (ms === undefined)
    throw new GateError('CONFIG_INVALID', { message: `engines.trivy.db.maxAge is not a duration: ${context.options.db.maxAge}` });
  return ms;
}

async function readMetadata(context: TrivyContext, database: Database): Promise<Metadata | undefined> {
  const { files } = context.ports;
  const { metadata } = databaseFiles(context, database);
  if ((await files.stat(metadata)) === undefined) return undefined;
  return metadataSchema.safeParse(parseJson(await files.readText(metadata).catch(() => ''))).data;
}

/** The Java index is downloaded if an image needs it and never updated by a scan: an old one is removed, so that it is downloaded again. */
async function dropOldJavaIndex(context: TrivyContext): Promise<void> {
  const found = await readMetadata(context, 'java');
  if (found === undefined || context.options.db.skipUpdate || ageProblem(context, updated(found)) === undefined) return;
  await context.ports.files.remove(databaseFiles(context, 'java').folder);
}

export async function downloadJavaIndex(context: TrivyContext): Promise<void> {
  if (context.options.db.skipUpdate) {
    throw new GateError('ENGINE_FAILED', {
      message: "an image has JAR files, and Trivy's Java index is not in the cache",
      next: 'Let the gate download it: set `engines.trivy.db.skipUpdate` to false.',
    });
  }
  context.progress('downloading the Java index');
  await download(context, 'java');
}

function missing(): GateError {
  return new GateError('ENGINE_FAILED', {
    message: 'there is no readable vulnerability database in the cache folder',
    next: 'Let the gate download it (`engines.trivy.db.skipUpdate: false`), or restore the cache.',
  });
}
