import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateError } from '../model/gate-error.ts';
import type { Http } from './ports.ts';
import { systemCode, whyNot } from './system-error.ts';

const maxRedirects = 5;
/** A server that asks for a longer pause is not waited for. */
const maxRetryAfterMs = 60_000;

export interface HttpSettings {
  /** Pause before the second, third ... attempt; their number is the number of retries. */
  readonly pausesMs: readonly number[];
}

/**
 * node's own fetch. No header but a user agent is ever sent, so a redirect can't carry a secret away. Proxies of the environment
 * are not used (node 20's fetch can't); a mirror is the way then.
 */
export function createNodeHttp(settings: HttpSettings = { pausesMs: [500, 2_000] }): Http {
  return {
    async download(url, toFile, { maxBytes, timeoutMs, signal }) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      try {
        await withRetries(settings.pausesMs, stop, () => downloadOnce(url, toFile, maxBytes, stop));
      } catch (thrown) {
        await rm(toFile, { force: true });
        throw describe(thrown, url, { deadline, signal, timeoutMs });
      }
    },
  };
}

/** A response or a fault that more attempts may or may not mend. */
class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly retryAfterMs: number | undefined;
  readonly final: boolean;

  constructor(message: string, options: { readonly final: boolean; readonly retryAfterMs?: number | undefined }) {
    super(message);
    this.final = options.final;
    this.retryAfterMs = options.retryAfterMs;
  }
}

async function withRetries(pausesMs: readonly number[], stop: AbortSignal, attempt: () => Promise<void>): Promise<void> {
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      return await attempt();
    } catch (thrown) {
      if (pauseMs === undefined || stop.aborted || isFinal(thrown)) throw thrown;
      const asked = thrown instanceof DownloadError ? thrown.retryAfterMs : undefined;
      await sleep(Math.max(pauseMs, asked ?? 0), undefined, { signal: stop });
    }
  }
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
  'ERR_INVALID_URL',
];

function isFinal(thrown: unknown): boolean {
  if (thrown instanceof DownloadError) return thrown.final;
  const code = systemCode(thrown) ?? '';
  return finalCodes.includes(code) || /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code);
}

async function downloadOnce(url: string, toFile: string, maxBytes: number, stop: AbortSignal): Promise<void> {
  const response = await request(url, stop);
  try {
    if (!response.ok) throw refused(response);
    const announced = Number(response.headers.get('content-length') ?? 0);
    if (announced > maxBytes || response.body === null) throw tooLarge(maxBytes);
    await pipeline(Readable.fromWeb(response.body), capped(maxBytes), createWriteStream(toFile), { signal: stop });
  } finally {
    // A body that nobody reads keeps its connection, and with it the process.
    if (response.body !== null && !response.body.locked) await response.body.cancel();
  }
}

/** Redirects by hand: each hop is held to the rule for the first. */
async function request(url: string, stop: AbortSignal): Promise<Response> {
  let target = allowed(new URL(url), undefined);
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const headers = { 'user-agent': 'k8s-gate', 'accept-encoding': 'identity' };
    const response = await fetch(target, { redirect: 'manual', signal: stop, headers });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    target = allowed(new URL(location, target), target);
  }
  throw new DownloadError(`more than ${maxRedirects} redirects`, { final: true });
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** https; plain http only on this machine, and never by a redirect from somewhere else. */
function allowed(url: URL, from: URL | undefined): URL {
  const isLoopback = (host: string): boolean => loopback.test(host);
  const plain = url.protocol === 'http:' && isLoopback(url.hostname) && (from === undefined || isLoopback(from.hostname));
  if (url.protocol === 'https:' || plain) return url;
  const what = from === undefined ? 'the address' : 'a redirect';
  throw new DownloadError(`${what} leads to ${url.protocol}//${url.host}, which is no https address`, { final: true });
}

function refused(response: Response): DownloadError {
  const retry = response.status >= 500 || response.status === 408 || response.status === 429;
  return new DownloadError(`HTTP ${response.status}`, {
    final: !retry,
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
  });
}

/** Whole seconds only: registries also send `35.852µs` and dates, for which our own pause does. */
function retryAfter(header: string | null): number | undefined {
  const ms = /^\d{1,9}$/.test(header ?? '') ? Number(header) * 1_000 : 0;
  return ms <= maxRetryAfterMs ? ms : undefined;
}

function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError(`the answer is larger than ${maxBytes} bytes`, { final: true });
}

function capped(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
}

interface Limits {
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

function describe(thrown: unknown, url: string, { deadline, signal, timeoutMs }: Limits): GateError {
  const reason = signal?.aborted
    ? 'it was cancelled'
    : deadline.aborted
      ? `it took longer than ${timeoutMs / 1_000} s`
      : thrown instanceof DownloadError
        ? thrown.message
        : whyNot(thrown);
  return new GateError('TOOL_UNAVAILABLE', { message: `${url} could not be downloaded: ${reason}`, cause: thrown });
}
