import { readFile, rm, stat, writeFile } from 'node:fs/promises';

/**
 * The part of a download that arrived before it was interrupted: `<file>.part`, and `<file>.part.of` with the address and the ETag
 * that the server must still have for the rest to belong to it. Nothing here is trusted: a part of something else gives a file with another
 * hash, which is refused.
 */
export interface Part {
  readonly file: string;
  /** Address without credentials. */
  readonly url: string;
}

/** The bytes to resume from; undefined without any, or without a strong ETag for them. */
export async function begun({ file, url }: Part): Promise<{ readonly bytes: number; readonly etag: string } | undefined> {
  const [bytes, note] = await Promise.all([
    stat(file).then(
      (found) => (found.isFile() ? found.size : 0),
      () => 0,
    ),
    readFile(`${file}.of`, 'utf8').catch(() => ''),
  ]);
  const [of, etag = ''] = note.split('\n');
  return bytes > 0 && of === url && isStrong(etag) ? { bytes, etag } : undefined;
}

/** Records which file a new part belongs to; a part of an answer without a strong ETag can't be resumed. */
export async function begin({ file, url }: Part, etag: string | undefined): Promise<void> {
  if (etag !== undefined && isStrong(etag)) await writeFile(`${file}.of`, `${url}\n${etag}`);
  else await rm(`${file}.of`, { force: true });
}

export async function discard({ file }: Part): Promise<void> {
  await rm(file, { force: true });
  await rm(`${file}.of`, { force: true });
}

/** If-Range compares strongly: a weak ETag never matches (RFC 9110, 13.1.5). */
function isStrong(etag: string): boolean {
  return /^"[\x21\x23-\x7e]{1,200}"$/.test(etag);
}
