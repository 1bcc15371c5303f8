import { GateError } from '../model/gate-error.ts';
import type { ProcessResult } from '../ports/ports.ts';

interface Run {
  readonly timeoutMs: number;
  /** The engine's signal; aborted with a TimeoutError after its deadline. */
  readonly signal: AbortSignal;
}

/**
 * The error for a child that did not finish: `end` other than `exited`, or killed by a signal (OOM killers send SIGKILL).
 * @param excerpt The end of its output, made safe by the engine.
 */
export function notEnded(what: string, result: ProcessResult, { timeoutMs, signal }: Run, excerpt: string): GateError {
  const late = result.end === 'timeout' || (result.end === 'aborted' && isTimeout(signal.reason));
  if (late) return timedOut(what, timeoutMs);
  const [why, next] = reason(result);
  return new GateError('ENGINE_FAILED', { message: `${what} did not finish (${why}): ${excerpt}`, next });
}

export function timedOut(what: string, timeoutMs: number, next = 'Raise `timeout`, or give it less to do.'): GateError {
  return new GateError('ENGINE_TIMEOUT', { message: `${what} did not finish within ${Math.round(timeoutMs / 1000)} s`, next });
}

/** The reason of AbortSignal.timeout, which AbortSignal.any passes on. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function reason({ end, startError, signal }: ProcessResult): readonly [string, string] {
  switch (end) {
    case 'not-started':
      return [startError ?? 'not started', 'Check that the executable runs on this machine, and that there is enough memory.'];
    case 'aborted':
      return ['cancelled', 'Run the gate again.'];
    case 'output-limit':
      return ['more output than allowed', 'Give it less to do: fewer manifests or policies at a time.'];
    default:
      return [
        signal ?? end,
        'Run it again; if this repeats, give the machine more memory, or check the executable against tools.lock.json.',
      ];
  }
}
