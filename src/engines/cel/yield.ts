import { GateError } from '../../model/gate-error.ts';
import type { EngineContext } from '../engine.ts';

/** Milliseconds of work after which timers and signals of the process are handled. */
const longest = 20;

/**
 * Evaluation is synchronous and blocks the event loop, so this is called between two evaluations, each of which takes at most a second or
 * two (budget.ts). Await it if it returns a promise: a promise for each evaluation would take as long as many of them. Throws if the run is
 * cancelled (ENGINE_FAILED) or out of time (ENGINE_TIMEOUT).
 */
export type Yield = () => Promise<void> | undefined;

export function createYield({ ports, signal, timeoutMs }: Pick<EngineContext, 'ports' | 'signal' | 'timeoutMs'>): Yield {
  const started = ports.clock.monotonicMs();
  let last = started;
  const requireTime = (now: number): void => {
    if (now - started >= timeoutMs || (signal.aborted && isTimeout(signal.reason)))
      throw new GateError('ENGINE_TIMEOUT', {
        message: `CEL policies did not end within ${Math.round(timeoutMs / 1000)} s`,
        next: 'Raise `timeout`, or split manifests with very long lists.',
      });
    if (signal.aborted) throw new GateError('ENGINE_FAILED', { message: 'stopped before all resources were evaluated' });
  };
  const pause = async (now: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    last = ports.clock.monotonicMs();
    requireTime(now);
  };
  return () => {
    const now = ports.clock.monotonicMs();
    if (now - last >= longest) return pause(now);
    requireTime(now);
    return undefined;
  };
}

/** The reason of AbortSignal.timeout(). */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
