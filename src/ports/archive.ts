import { pipeline, type Readable, type Transform } from 'node:stream';
import { GateError } from '../model/gate-error.ts';

/** One entry of an archive as its format states it, not checked yet. */
export interface ArchiveEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  /** The target of a link: from the archive's root for a hard link, from its folder for a symbolic one. */
  readonly target?: { readonly to: string; readonly hard: boolean };
  readonly size: number;
  /** The content, to be read before the next entry, if at all. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** Throws past this many bytes. */
export async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > maxBytes) throw refused(`it unpacks to more than ${maxBytes} bytes`);
    yield chunk;
  }
}

export function refused(why: string): GateError {
  return new GateError('TOOL_UNTRUSTED', {
    message: `the archive can't be used: ${why}`,
    next: 'Its hash is the pinned one, so this is what was published: do not use this release.',
  });
}

/** Joins them so that each ends with the other: a reader that stops early leaves no file open, and a read error reaches the reader. */
export function through(source: Readable, decoder: Transform): Transform {
  pipeline(source, decoder, () => {});
  return decoder;
}
