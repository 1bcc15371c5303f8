import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Files } from '../ports/ports.ts';
import { ending } from './store.ts';

/** Uncompressed; the store of five engines at their limit. */
const maxBytes = 512 * 1024 * 1024;

/** Name of a file -> its text. Names are of engines, so that none leads elsewhere. */
const blobSchema = z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/), z.string());

/** The files of one build of the gate as bytes that can be kept elsewhere; undefined where there are none. */
export async function toBlob(place: string, files: Pick<Files, 'stat' | 'walk' | 'readText'>): Promise<Uint8Array | undefined> {
  if ((await files.stat(place))?.kind !== 'folder') return undefined;
  const names = (await files.walk(place, () => true)).filter(({ kind, path: name }) => kind === 'file' && name.endsWith(ending));
  const entries = await Promise.all(
    names.map(async ({ path: name }) => [name.slice(0, -ending.length), await files.readText(path.join(place, name))] as const),
  );
  return entries.length === 0 ? undefined : gzipSync(JSON.stringify(Object.fromEntries(entries)), { level: 6 });
}

/** Writes the files of a blob, except those that exist. Their lines are verified when they are used. Throws for a blob of another kind. */
export async function fromBlob(blob: Uint8Array, place: string, files: Pick<Files, 'stat' | 'write'>): Promise<void> {
  const text = gunzipSync(blob, { maxOutputLength: maxBytes }).toString('utf8');
  for (const [engine, content] of Object.entries(blobSchema.parse(JSON.parse(text)))) {
    const file = path.join(place, `${engine}${ending}`);
    if ((await files.stat(file)) === undefined) await files.write(file, content);
  }
}
