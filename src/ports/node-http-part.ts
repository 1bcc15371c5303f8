import { readFile, rm, stat, writeFile } from 'node:fs/promises';

/**
 * What came of a download before it broke off: `<file>.part`, and beside it `<file>.part.of` with the address and the ETag that a server
 * must still have for the rest to belong to it. Nothing here is trusted: a part that does not belong gives a whole of
 * another hash, which is refused.
 */
export interface Part {
  readonly file: string;
  /** Address without credentials. */
  readonly url: string;
}

/** Bytes to go on from; undefined where there is nothing, or nothing that a server could vouch for. */
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

/** Notes what a new part is of; a part of an answer without a strong ETag can't be gone on from. */
export async function begin({ file, url }: Part, etag: string | null): Promise<void> {
  if (etag !== null && isStrong(etag)) await writeFile(`${file}.of`, `${url}\n${etag}`);
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
