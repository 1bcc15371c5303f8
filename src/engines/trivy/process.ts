import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { notEnded } from '../ended.ts';
import type { EngineContext } from '../engine.ts';
import { tail } from './log-lines.ts';
import type { TrivyOptions } from './options.ts';
import { environment, type TrivyFolders } from './workspace.ts';

export type TrivyContext = EngineContext<TrivyOptions> & { readonly folders: TrivyFolders };

const maxOutputBytes = 8 * 1024 * 1024;

/** Databases, registries and a server are elsewhere; everything else is a file. */
export type TrivyNetwork = 'none' | 'allowed';

/** Runs Trivy once. Throws where it did not run to its end; the exit code is judged by `requireSuccess` or the caller. */
export async function runTrivy(
  context: TrivyContext,
  args: readonly string[],
  network: TrivyNetwork,
  timeoutMs = context.timeoutMs,
): Promise<ProcessResult> {
  if (context.tool === undefined) throw new GateError('INTERNAL', { message: 'trivy was started without its binary' });
  const result = await context.ports.processes.run({
    executable: context.tool.path,
    args,
    cwd: context.folders.cwd,
    env: environment(context.folders),
    timeoutMs,
    maxOutputBytes,
    network,
    signal: context.signal,
    onStderrLine: (line) => context.ports.log.debug(`trivy: ${line}`),
  });
  if (result.end === 'exited' && result.signal === undefined) return result;
  throw notEnded(`trivy ${args[0] ?? ''}`, result, { timeoutMs, signal: context.signal }, tail(result.stderr));
}

/** Exit codes with `--exit-code 0`: 0 is done, whatever was found; anything else is a failure. */
export function requireSuccess(result: ProcessResult, what: string): void {
  if (result.exitCode === 0) return;
  throw new GateError('ENGINE_FAILED', {
    message: `${what}: trivy ended with exit code ${result.exitCode ?? 'none'}: ${tail(result.stderr)}`,
    expected: 'exit code 0',
    next: 'Run again with debug logging.',
  });
}
