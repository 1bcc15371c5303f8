import { rename, rm } from 'node:fs/promises';
import { GateError } from '../model/gate-error.ts';
import { withoutCredentials } from './http-send.ts';
import { begun, discard, type Part } from './node-http-part.ts';
import { type Pace, transfer, UnfitPart } from './node-http-transfer.ts';
import type { Http } from './ports.ts';
import { withRetries } from './retry.ts';
import { isHopeless, RequestError, whyNot } from './system-error.ts';

export interface HttpSettings {
  /** Pauses before the second, third ... attempt. */
  readonly pausesMs: readonly number[];
  readonly pace: Pace;
}

const defaults: HttpSettings = { pausesMs: [500, 2_000, 8_000], pace: { windowMs: 30_000, minBytes: 30_000 } };

/** Downloads that resume after an interruption, within one call and from one process to the next. */
export function createNodeHttp(settings: Partial<HttpSettings> = {}): Http {
  const { pausesMs, pace } = { ...defaults, ...settings };
  return {
    async download(address, toFile, { maxBytes, timeoutMs, signal, onProgress }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      try {
        const part: Part = { file: `${toFile}.part`, url: withoutCredentials(address) };
        const resumed = await withRetries(pausesMs, stop, () =>
          transfer(address, part, { maxBytes, stop, pace, onProgress }).catch((thrown) => keepPart(part, stop, thrown)),
        );
        await rename(part.file, toFile);
        await discard(part);
        return { resumed };
      } catch (thrown) {
        await rm(toFile, { force: true });
        throw describe(thrown, address, { deadline, signal, timeoutMs });
      }
    },
  };
}

/** Keeps the part of a failed download only if another attempt could resume it. */
async function keepPart(part: Part, stop: AbortSignal, thrown: unknown): Promise<never> {
  const unfit = thrown instanceof UnfitPart || (thrown instanceof RequestError && thrown.message === 'HTTP 416');
  if (unfit || (!stop.aborted && isHopeless(thrown)) || (await begun(part)) === undefined) await discard(part);
  throw thrown;
}

interface Limits {
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

function describe(thrown: unknown, address: string, { deadline, signal, timeoutMs }: Limits): GateError {
  const reason = signal?.aborted
    ? 'it was cancelled'
    : deadline.aborted
      ? `it took longer than ${timeoutMs / 1_000} s`
      : whyNot(thrown);
  const url = URL.canParse(address) ? withoutCredentials(address) : 'an invalid address';
  return new GateError('TOOL_UNAVAILABLE', { message: `${url} could not be downloaded: ${reason}`, cause: thrown });
}
