import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { begin, begun, discard, type Part } from './node-http-part.ts';
import { DownloadError, request } from './node-http-request.ts';

export interface TransferOptions {
  readonly maxBytes: number;
  readonly stop: AbortSignal;
  readonly pace: Pace;
  readonly onProgress: ((bytes: number, total: number | undefined) => void) | undefined;
}

/** A server that sends fewer than `minBytes` in `windowMs` is given up: silence and drips are the same to who waits. */
export interface Pace {
  readonly windowMs: number;
  readonly minBytes: number;
}

/** One attempt: the whole, or the rest of a part. @returns whether it went on from a part. */
export async function transfer(address: string, part: Part, options: TransferOptions): Promise<boolean> {
  const paced = watchPace(options.pace);
  const signal = AbortSignal.any([options.stop, paced.signal]);
  try {
    return await receive(address, part, signal, paced.count, options);
  } catch (thrown) {
    throw paced.signal.aborted ? paced.signal.reason : thrown;
  } finally {
    paced.end();
  }
}

async function receive(
  address: string,
  part: Part,
  signal: AbortSignal,
  count: (bytes: number) => void,
  { maxBytes, onProgress }: TransferOptions,
): Promise<boolean> {
  const have = await begun(part);
  const ranges = have === undefined ? {} : { range: `bytes=${have.bytes}-`, 'if-range': have.etag };
  const response = await request(address, ranges, signal);
  try {
    const { from, total } = extent(response, have);
    if ((total ?? 0) > maxBytes || response.body === null) throw tooLarge(maxBytes);
    if (from === 0) await begin(part, response.headers.get('etag'));
    let bytes = from;
    const counted = (size: number): void => {
      bytes += size;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      count(size);
      onProgress?.(bytes, total);
    };
    const file = createWriteStream(part.file, { flags: from === 0 ? 'w' : 'a' });
    await pipeline(Readable.fromWeb(response.body), each(counted), file, { signal });
    if (total !== undefined && bytes !== total) {
      await discard(part);
      throw new DownloadError(`the answer has ${bytes} bytes where it announced ${total}`, { final: false });
    }
    return from > 0;
  } finally {
    if (response.body !== null && !response.body.locked) await response.body.cancel();
  }
}

/** Where in the whole the answer begins, and how long the whole is. A server may ignore a range (200) or honour it (206). */
function extent(
  response: Response,
  have: { readonly bytes: number; readonly etag: string } | undefined,
): { readonly from: number; readonly total: number | undefined } {
  if (response.status !== 206) {
    const length = response.headers.get('content-length');
    // Of a compressed answer it counts other bytes than arrive here.
    const counts = length !== null && response.headers.get('content-encoding') === null;
    return { from: 0, total: counts ? Number(length) : undefined };
  }
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  const etag = response.headers.get('etag');
  const fits = Number(start) === have?.bytes && Number(end) + 1 === Number(total) && (etag === null || etag === have?.etag);
  if (have === undefined || !fits) throw new UnfitPart();
  return { from: have.bytes, total: Number(total) };
}

/** A part that the server answered to with something else: it is thrown away, and the next attempt asks for the whole. */
export class UnfitPart extends DownloadError {
  constructor() {
    super('the server sent another part than was asked for', { final: false });
  }
}

function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError(`the answer is larger than ${maxBytes} bytes`, { final: true });
}

function each(see: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        see(chunk.length);
        done(null, chunk);
      } catch (thrown) {
        done(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  });
}

function watchPace({ windowMs, minBytes }: Pace): {
  readonly signal: AbortSignal;
  readonly count: (bytes: number) => void;
  readonly end: () => void;
} {
  const controller = new AbortController();
  let inWindow = 0;
  const timer = setInterval(() => {
    const slow = `the server sent ${inWindow} bytes in ${windowMs / 1_000} s`;
    if (inWindow < minBytes) controller.abort(new DownloadError(slow, { final: false }));
    inWindow = 0;
  }, windowMs);
  return {
    signal: controller.signal,
    count: (bytes) => {
      inWindow += bytes;
    },
    end: () => clearInterval(timer),
  };
}
