import { GateError } from '../model/gate-error.ts';
import type { ProcessResult } from '../ports/ports.ts';

interface Run {
  readonly timeoutMs: number;
  /** The engine's; aborted with a TimeoutError where its deadline passed. */
  readonly signal: AbortSignal;
}

/**
 * Why a child did not run to its end, for `end` other than `exited`, and for a child that a signal ended (OOM killers send SIGKILL).
 * @param words The end of what it said, made safe by the engine.
 */
export function notEnded(what: string, result: ProcessResult, { timeoutMs, signal }: Run, words: string): GateError {
  const late = result.end === 'timeout' || (result.end === 'aborted' && isTimeout(signal.reason));
  if (late) {
    return new GateError('ENGINE_TIMEOUT', {
      message: `${what} did not end within ${Math.round(timeoutMs / 1000)} s`,
      next: 'Raise `timeout`, or give it less to do.',
    });
  }
  const [why, next] = reason(result);
  return new GateError('ENGINE_FAILED', { message: `${what} did not run to its end (${why}): ${words}`, next });
}

/** The reason that AbortSignal.timeout gives, which AbortSignal.any hands on. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function reason({ end, startError, signal }: ProcessResult): readonly [string, string] {
  switch (end) {
    case 'not-started':
      return [startError ?? 'not started', 'Check the executable: does it run on this machine, and is there memory left?'];
    case 'aborted':
      return ['cancelled', 'Run the gate again.'];
    case 'output-limit':
      return ['more output than allowed', 'Give it less to do: fewer manifests or policies at a time.'];
    default:
      return [
        signal ?? end,
        'Run it again; where this repeats, give the machine more memory, or check the executable against tools.lock.json.',
      ];
  }
}
