import { GateError } from '../../model/gate-error.ts';
import type { EngineContext } from '../engine.ts';

/** Milliseconds of work after which timers and signals of the process get their turn. */
const longest = 50;

/**
 * Evaluation never waits, so nothing else runs beside it: this is called between two questions, each of which costs at most a second or
 * two (budget.ts), and awaited where it gives a promise. Throws where the run is cancelled (ENGINE_FAILED) or out of time (ENGINE_TIMEOUT).
 */
export type Turn = () => Promise<void> | undefined;

export function turns({ ports, signal, timeoutMs }: Pick<EngineContext, 'ports' | 'signal' | 'timeoutMs'>): Turn {
  const started = ports.clock.monotonicMs();
  let last = started;
  const requireTime = (now: number): void => {
    if (now - started >= timeoutMs || (signal.aborted && isTimeout(signal.reason)))
      throw new GateError('ENGINE_TIMEOUT', {
        message: `CEL policies did not end within ${Math.round(timeoutMs / 1000)} s`,
        next: 'Raise `timeout`, or split manifests with very long lists.',
      });
    if (signal.aborted) throw new GateError('ENGINE_FAILED', { message: 'stopped before all resources were judged' });
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

/** AbortSignal.timeout() gives this reason. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
