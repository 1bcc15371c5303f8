import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { type Database, downloadArgs } from './args.ts';
import { withCredentials } from './credentials.ts';
import { reason } from './log-lines.ts';
import { pause } from './part.ts';
import { runTrivy, type TrivyContext } from './process.ts';

const layouts = {
  vulnerability: { folder: 'db', data: 'trivy.db', option: 'repository', name: 'vulnerability database' },
  java: { folder: 'java-db', data: 'trivy-java.db', option: 'javaRepository', name: 'Java index' },
} as const;

export function databaseFiles(
  context: Pick<TrivyContext, 'folders'>,
  database: Database,
): { readonly folder: string; readonly data: string; readonly metadata: string } {
  const { folder, data } = layouts[database];
  const below = path.join(context.folders.cache, folder);
  return { folder: below, data: path.join(below, data), metadata: path.join(below, 'metadata.json') };
}

/** Pauses before the second and third attempt at a mirror, with 25 % jitter. Trivy itself retries single requests. */
const pausesMs = [1_000, 2_000];

/** Downloads a database into the cache folder, trying each mirror in turn. Throws ENGINE_FAILED with the reason of each failure. */
export async function download(context: TrivyContext, database: Database): Promise<void> {
  const { option, name } = layouts[database];
  const configured = context.options.db[option];
  const mirrors: readonly (string | undefined)[] = typeof configured === 'string' ? [configured] : (configured ?? [undefined]);
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const failure = await fromMirror(context, database, mirror);
    if (failure === undefined) return;
    failures.push(`${mirror ?? "Trivy's own repositories"}: ${failure}`);
  }
  throw new GateError('ENGINE_FAILED', {
    message: `the ${name} could not be downloaded from ${failures.join('; nor from ')}`,
    next: `Check the network, or set a mirror with \`engines.trivy.db.${option}\`.`,
  });
}

/** The reason for a failed download; undefined on success. */
async function fromMirror(context: TrivyContext, database: Database, mirror: string | undefined): Promise<string | undefined> {
  const { files } = context.ports;
  // In a separate folder on the same disk, so that another job with the same cache never sees a partial database.
  const into = path.join(context.folders.cache, 'new', randomUUID());
  try {
    for (const [index, pauseMs] of [...pausesMs, undefined].entries()) {
      const args = downloadArgs(context.folders, database, { repository: mirror, into });
      const ended = await withCredentials(context, mirror, (lent) => runTrivy(context, args, { network: 'allowed', ...lent }));
      if (ended.exitCode === 0) return await putInPlace(context, database, into);
      const tries = index === 0 ? '' : ` (tried ${index + 1} times)`;
      if (pauseMs === undefined || !isTemporary(ended.stderr)) return `${reason(ended.stderr)}${tries}`;
      context.progress(`${mirror ?? 'the repository'} is busy; retrying`);
      await pause(pauseMs * (0.75 + Math.random() / 2), context.signal);
    }
    return undefined;
  } finally {
    await files.remove(into);
  }
}

/** Replaces each file atomically, the data first, so that the metadata is never newer than the database. */
async function putInPlace(context: TrivyContext, database: Database, from: string): Promise<undefined> {
  const { files } = context.ports;
  const { folder, data, metadata } = databaseFiles(context, database);
  await files.makeDir(folder);
  for (const target of [data, metadata]) {
    const source = path.join(from, layouts[database].folder, path.basename(target));
    if ((await files.stat(source)) === undefined) {
      throw new GateError('ENGINE_FAILED', {
        message: `Trivy downloaded the ${layouts[database].name} without ${path.basename(target)}`,
        next: 'Check the mirror.',
      });
    }
    await files.rename(source, target);
  }
}

/** Too many requests, or a server error. Codes: https://distribution.github.io/distribution/spec/api/#errors */
function isTemporary(stderr: string): boolean {
  return /TOOMANYREQUESTS|(?<![A-Z]_)UNKNOWN\b|UNAVAILABLE|\b(429|5\d\d) (Too Many|Internal|Bad Gateway|Service|Gateway)|status code (429|5\d\d)/i.test(
    stderr,
  );
}
