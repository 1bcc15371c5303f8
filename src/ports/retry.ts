import { setTimeout as sleep } from 'node:timers/promises';
import { isHopeless, RequestError } from './system-error.ts';

/**
 * Tries again after each pause, or after the longer one that the server asked for, unless another attempt would fail in the same way. Not
 * undici's RetryAgent: it retries inside one request, which a deadline for slow answers aborts, and cannot resume from a file.
 */
export async function withRetries<T>(pausesMs: readonly number[], stop: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await attempt();
    } catch (thrown) {
      if (stop.aborted || isHopeless(thrown)) throw thrown;
      const asked = thrown instanceof RequestError ? thrown.retryAfterMs : 0;
      // Many requests may have failed at the same moment: they do not all come back at once.
      await sleep(Math.max(pauseMs * (0.75 + Math.random() / 2), asked), undefined, { signal: stop });
    }
  }
  return attempt();
}

/** Of `Retry-After`, whole seconds only: registries also send `35.852µs` and dates, for which the usual pause is enough. */
export function retryAfterMs(header: string | undefined): number {
  return /^\d{1,9}$/.test(header ?? '') ? Number(header) * 1_000 : 0;
}
