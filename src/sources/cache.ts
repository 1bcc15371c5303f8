import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { parseJson } from '../model/attempt.ts';
import type { Files } from '../ports/ports.ts';
import type { Archive } from './fetching.ts';

/**
 * `<cacheDir>/sources/blobs/<sha256>` is an archive by its content, and `names/<sha256 of a request>.json` the response to that request.
 * Names are only read offline: a repository is asked whenever it can be.
 */
export interface SourceCache {
  /** Undefined if it is not there or has other content. */
  blob(digest: string): Promise<Uint8Array | undefined>;
  keep(request: string, archive: Archive): Promise<void>;
  named(request: string): Promise<Named | undefined>;
}
interface Named {
  readonly version: string;
  readonly digest: string;
}

const namedSchema = z.strictObject({
  request: z.string(),
  version: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

export function openCache(cacheDir: string, files: Files): SourceCache {
  const folder = path.join(cacheDir, 'sources');
  const blobFile = (digest: string): string => path.join(folder, 'blobs', digest.replace('sha256:', ''));
  const nameFile = (request: string): string => path.join(folder, 'names', `${digestOf(request).replace('sha256:', '')}.json`);
  const read = async (file: string): Promise<Uint8Array | undefined> =>
    (await files.stat(file))?.kind === 'file' ? files.readBytes(file) : undefined;
  const blob = async (digest: string): Promise<Uint8Array | undefined> => {
    const content = await read(blobFile(digest));
    return content !== undefined && digestOf(content) === digest ? content : undefined;
  };
  return {
    blob,
    async keep(request, { version, content }) {
      const digest = digestOf(content);
      if ((await blob(digest)) === undefined) await files.write(blobFile(digest), content);
      await files.write(nameFile(request), `${JSON.stringify({ request, version, digest })}\n`);
    },
    async named(request) {
      const content = await read(nameFile(request));
      const parsed = namedSchema.safeParse(content === undefined ? undefined : parseJson(Buffer.from(content).toString('utf8')));
      if (!parsed.success || parsed.data.request !== request) return undefined;
      const { version, digest } = parsed.data;
      return { version, digest };
    },
  };
}

/** `sha256:…` */
export function digestOf(content: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
