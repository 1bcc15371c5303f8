import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import type { EngineContext } from '../engine.ts';
import { runProcess } from '../run-process.ts';
import type { OpaOptions } from './options.ts';

export type OpaContext = EngineContext<OpaOptions>;

const maxOutputBytes = 64 * 1024 * 1024;

/** Runs OPA once, in the engine's own folder. Throws if it did not finish; the caller checks its exit code. */
export function runOpa(context: OpaContext, args: readonly string[]): Promise<ProcessResult> {
  return runProcess(context, { name: `opa ${args[0] ?? ''}`, args, network: 'none', maxOutputBytes, excerpt });
}

export function regoFlags(options: OpaOptions): readonly string[] {
  return options.regoVersion === 'v0' ? ['--v0-compatible'] : [];
}

/** The end of a failed run's output, shortened for a message. */
export function excerpt(result: Pick<ProcessResult, 'stdout' | 'stderr'>): string {
  const text = (result.stderr.trim() || result.stdout.trim()).replaceAll(/\s+/g, ' ');
  return text === '' ? 'no output' : text.slice(-500);
}

/** Standard output as JSON, or ENGINE_OUTPUT_INVALID. */
export function parseOutput(result: ProcessResult, what: string): unknown {
  try {
    return JSON.parse(result.stdout);
  } catch (cause) {
    throw new GateError('ENGINE_OUTPUT_INVALID', {
      message: `the output of opa ${what} is not JSON: ${excerpt(result)}`,
      expected: 'one JSON document on standard output',
      cause,
    });
  }
}

export function invalidOutput(what: string, detail: string): GateError {
  return new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the output of opa ${what} is invalid: ${detail}`,
    next: 'Check the version of OPA against tools.lock.json.',
  });
}
