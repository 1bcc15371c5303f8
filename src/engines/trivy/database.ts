import * as z from 'zod';
import { parseDuration } from '../../model/duration.ts';
import { GateError } from '../../model/gate-error.ts';
import { digest } from '../reuse.ts';
import type { Database } from './args.ts';
import { databaseFiles, download } from './download.ts';
import type { TrivyContext } from './process.ts';

/** trivy-db's metadata.json, and what a server says of its own. */
export const metadataSchema = z.object({
  Version: z.number(),
  UpdatedAt: z.iso.datetime({ offset: true }),
  NextUpdate: z.iso.datetime({ offset: true }).optional().catch(undefined),
  DownloadedAt: z.iso.datetime({ offset: true }).optional().catch(undefined),
});
type Metadata = z.infer<typeof metadataSchema>;

const minute = 60_000;
const clockSkewMs = 60 * minute;

/** A database that may be judged by. */
export interface ReadyDatabase {
  /** Says which one it is; undefined where that is not known, so that nothing it says is used again. */
  readonly identity: string | undefined;
  readonly notes: readonly string[];
  /** Whether it is still the one that `identity` was made of. */
  readonly unchanged: () => Promise<boolean>;
}

/**
 * Sees to it that a vulnerability database of the wanted age is in the cache. A failed update is forgiven while the cached one is young
 * enough. Throws ENGINE_FAILED or RESULT_STALE.
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
      notes.push('the vulnerability database could not be updated; the one in the cache was used');
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
 * Its own metadata, and the hash of its content: metadata alone could be of another database, by a mirror's mistake or somebody else's hand
 * in the cache. A gigabyte takes a second. With it the Java index, by its date: that one only names JAR files.
 */
async function identityOf(context: TrivyContext, { Version, UpdatedAt }: Metadata): Promise<string> {
  const { data } = databaseFiles(context, 'vulnerability');
  if ((await context.ports.files.stat(data)) === undefined) throw missing();
  const java = await readMetadata(context, 'java');
  return digest([Version, UpdatedAt, await context.ports.files.sha256(data), java?.UpdatedAt ?? ''].join('\n'));
}

/** Another job that shares the cache may replace the database at any time. */
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

/** Trivy's own rule for a database that is young enough: when its publisher announced the next one, and not twice within an hour. */
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
    throw new GateError('CONFIG_INVALID', { message: `engines.trivy.db.maxAge is no duration: ${context.options.db.maxAge}` });
  return ms;
}

async function readMetadata(context: TrivyContext, database: Database): Promise<Metadata | undefined> {
  const { files } = context.ports;
  const { metadata } = databaseFiles(context, database);
  if ((await files.stat(metadata)) === undefined) return undefined;
  try {
    return metadataSchema.parse(JSON.parse(await files.readText(metadata)));
  } catch {
    return undefined;
  }
}

/** The Java index is fetched when an image needs it and never refreshed by a scan: an old one is dropped, so that it is fetched anew. */
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
