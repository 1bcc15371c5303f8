import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateError } from '../model/gate-error.ts';
import { begun, discard, type Part } from './node-http-part.ts';
import { DownloadError, withoutCredentials } from './node-http-request.ts';
import { type Pace, transfer, UnfitPart } from './node-http-transfer.ts';
import type { Http } from './ports.ts';
import { systemCode, whyNot } from './system-error.ts';

export interface HttpSettings {
  /** Pause before the second, third ... attempt; their number is the number of retries. */
  readonly pausesMs: readonly number[];
  readonly pace: Pace;
}

const defaults: HttpSettings = { pausesMs: [500, 2_000, 8_000], pace: { windowMs: 30_000, minBytes: 30_000 } };

/**
 * Downloads that go on where they broke off, within one call and from one process to the next. Proxies of the environment are not
 * used (node 20's fetch can't); a mirror is the way then.
 */
export function createNodeHttp(settings: Partial<HttpSettings> = {}): Http {
  const { pausesMs, pace } = { ...defaults, ...settings };
  return {
    async download(address, toFile, { maxBytes, timeoutMs, signal, onProgress }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      try {
        const part: Part = { file: `${toFile}.part`, url: withoutCredentials(address) };
        const resumed = await withRetries(pausesMs, stop, part, () =>
          transfer(address, part, { maxBytes, stop, pace, onProgress }),
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

/** What remains of a download that failed is kept where another try could go on from it. */
async function withRetries(
  pausesMs: readonly number[],
  stop: AbortSignal,
  part: Part,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      return await attempt();
    } catch (thrown) {
      const unfit = thrown instanceof UnfitPart || (thrown instanceof DownloadError && thrown.message === 'HTTP 416');
      const final = !stop.aborted && isFinal(thrown);
      if (unfit || final || (await begun(part)) === undefined) await discard(part);
      if (pauseMs === undefined || stop.aborted || final) throw thrown;
      const asked = thrown instanceof DownloadError ? thrown.retryAfterMs : undefined;
      await sleep(Math.max(pauseMs, asked ?? 0), undefined, { signal: stop });
    }
  }
  throw new Error('not reached: the last attempt returns or throws');
}

/** Codes that the next attempt would meet again: no host, nobody listening, a silent firewall, a full disk; and all of TLS. */
const finalCodes = [
  'ENOTFOUND',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'ERR_INVALID_URL',
];

function isFinal(thrown: unknown): boolean {
  if (thrown instanceof DownloadError) return thrown.final;
  const code = systemCode(thrown) ?? '';
  return finalCodes.includes(code) || /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code);
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
      : thrown instanceof DownloadError
        ? thrown.message
        : whyNot(thrown);
  const url = URL.canParse(address) ? withoutCredentials(address) : 'an address that is none';
  return new GateError('TOOL_UNAVAILABLE', { message: `${url} could not be downloaded: ${reason}`, cause: thrown });
}
