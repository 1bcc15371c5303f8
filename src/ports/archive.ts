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

/** Counts the unpacked bytes; throws past its limit. */
export type Budget = (bytes: number) => void;
export function createBudget(limit: number): Budget {
  let total = 0;
  return (bytes) => {
    total += bytes;
    if (total > limit) throw refused(`it unpacks to more than ${limit} bytes`);
  };
}

export async function* counted(chunks: AsyncIterable<Uint8Array>, budget: Budget): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget(chunk.length);
    yield chunk;
  }
}

export function refused(why: string): GateError {
  return new GateError('TOOL_UNTRUSTED', {
    message: `the archive can't be used: ${why}`,
    next: 'Its hash is the pinned one, so it was published like this: do not use this release.',
  });
}

/** Joins them so that each ends with the other: a reader that stops early leaves no file open, and a read error reaches the reader. */
export function through(source: Readable, decoder: Transform): Transform {
  pipeline(source, decoder, () => {});
  return decoder;
}
