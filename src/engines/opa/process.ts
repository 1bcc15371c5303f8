import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { notEnded } from '../ended.ts';
import type { EngineContext } from '../engine.ts';
import type { OpaOptions } from './options.ts';

export type OpaContext = EngineContext<OpaOptions>;

const maxOutputBytes = 64 * 1024 * 1024;

/** Runs OPA once, in the engine's own folder. Throws where it did not run to its end; its exit code is the caller's to judge. */
export async function runOpa(context: OpaContext, args: readonly string[]): Promise<ProcessResult> {
  if (context.tool === undefined) throw new GateError('INTERNAL', { message: 'opa was started without its binary' });
  const result = await context.ports.processes.run({
    executable: context.tool.path,
    args,
    cwd: context.workdir,
    // Nothing inherited: a policy has no way to the environment, and neither has OPA.
    env: { HOME: path.join(context.workdir, 'home'), LANG: 'C.UTF-8', TZ: 'UTC' },
    timeoutMs: context.timeoutMs,
    maxOutputBytes,
    network: 'none',
    signal: context.signal,
    onStderrLine: (line) => context.ports.log.debug(`opa: ${line}`),
  });
  if (result.end === 'exited' && result.signal === undefined) return result;
  if (result.end === 'timeout') throw timedOut(context);
  throw notEnded(`opa ${args[0] ?? ''}`, result, context, excerpt(result));
}

export function timedOut(context: OpaContext): GateError {
  return new GateError('ENGINE_TIMEOUT', {
    message: `opa did not end within ${Math.round(context.timeoutMs / 1000)} s`,
    next: 'Raise `timeout`, or look for a rule that compares everything with everything.',
  });
}

export function regoFlags(options: OpaOptions): readonly string[] {
  return options.regoVersion === 'v0' ? ['--v0-compatible'] : [];
}

/** The last words of a failed run, short enough for a message. */
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
      message: `opa ${what} did not answer with JSON: ${excerpt(result)}`,
      expected: 'one JSON document on standard output',
      cause,
    });
  }
}

export function invalidOutput(what: string, detail: string): GateError {
  return new GateError('ENGINE_OUTPUT_INVALID', {
    message: `the output of opa ${what} is not what OPA writes: ${detail}`,
    next: 'Check the version of OPA against tools.lock.json.',
  });
}
