import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { discard as discardAnswer, type HttpAnswer, header } from './http-send.ts';
import { begin, begun, discard, type Part } from './node-http-part.ts';
import { request } from './node-http-request.ts';
import { RequestError } from './system-error.ts';

export interface TransferOptions {
  readonly maxBytes: number;
  readonly stop: AbortSignal;
  readonly pace: Pace;
  readonly onProgress: ((bytes: number, total: number | undefined) => void) | undefined;
}

/** A server that sends fewer than `minBytes` in `windowMs` is given up, whether it sends nothing or a little now and then. */
export interface Pace {
  readonly windowMs: number;
  readonly minBytes: number;
}

/** One attempt: the whole file, or the rest of a part. @returns whether it resumed a part. */
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
  const answer = await request(address, ranges, signal);
  try {
    const { from, total } = extent(answer, have);
    if ((total ?? 0) > maxBytes) throw tooLarge(maxBytes);
    if (from === 0) await begin(part, header(answer, 'etag'));
    let bytes = from;
    async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        count(chunk.length);
        onProgress?.(bytes, total);
        yield chunk;
      }
    }
    await pipeline(answer.body, counted, createWriteStream(part.file, { flags: from === 0 ? 'w' : 'a' }), { signal });
    if (total !== undefined && bytes !== total) {
      await discard(part);
      throw new RequestError(`the response has ${bytes} bytes, but announced ${total}`, { final: false });
    }
    return from > 0;
  } catch (thrown) {
    discardAnswer(answer);
    throw thrown;
  }
}

/** Where the answer begins in the file, and how long the file is. A server may ignore a range (200) or honor it (206). */
function extent(
  answer: HttpAnswer,
  have: { readonly bytes: number; readonly etag: string } | undefined,
): { readonly from: number; readonly total: number | undefined } {
  if (answer.statusCode !== 206) {
    const length = header(answer, 'content-length');
    // In a compressed answer it counts other bytes than arrive here.
    const counts = length !== undefined && header(answer, 'content-encoding') === undefined;
    return { from: 0, total: counts ? Number(length) : undefined };
  }
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header(answer, 'content-range') ?? '') ?? [];
  const etag = header(answer, 'etag');
  const fits = Number(start) === have?.bytes && Number(end) + 1 === Number(total) && (etag === undefined || etag === have?.etag);
  if (have === undefined || !fits) throw new UnfitPart();
  return { from: have.bytes, total: Number(total) };
}

/** The server answered with another part than was requested: the part is deleted, and the next attempt requests the whole file. */
export class UnfitPart extends RequestError {
  constructor() {
    super('the server sent a different part than was requested', { final: false });
  }
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError(`the response is larger than ${maxBytes} bytes`, { final: true });
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
    if (inWindow < minBytes) controller.abort(new RequestError(slow, { final: false }));
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
