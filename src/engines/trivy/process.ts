import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { notEnded } from '../ended.ts';
import type { EngineContext } from '../engine.ts';
import { tail } from './log-lines.ts';
import type { TrivyOptions } from './options.ts';
import { environment, type TrivyFolders } from './workspace.ts';

export type TrivyContext = EngineContext<TrivyOptions> & { readonly folders: TrivyFolders };

const maxOutputBytes = 8 * 1024 * 1024;

/** The settings of one process apart from its arguments. */
export interface Run {
  /** Only needed for databases, registries and a server; all other input is files. */
  readonly network: 'none' | 'allowed';
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** A token for a server, or a folder with credentials: only for this process, and never in its arguments. */
  readonly env?: Readonly<Record<string, string>>;
  /** Removes the values of `env` from the output of the process. */
  readonly conceal?: (text: string) => string;
  readonly onLine?: (line: string) => void;
}

/** Runs Trivy once. Throws if it did not finish; `requireSuccess` or the caller checks the exit code. */
export async function runTrivy(context: TrivyContext, args: readonly string[], run: Run): Promise<ProcessResult> {
  if (context.tool === undefined) throw new GateError('INTERNAL', { message: 'trivy was started without its binary' });
  const { timeoutMs = context.timeoutMs, signal = context.signal, conceal = (text: string) => text } = run;
  const ended = await context.ports.processes.run({
    executable: context.tool.path,
    args,
    cwd: context.folders.cwd,
    env: { ...environment(context.folders), ...run.env },
    timeoutMs,
    maxOutputBytes,
    network: run.network,
    signal,
    onStderrLine(line) {
      context.ports.log.debug(`trivy: ${conceal(line)}`);
      run.onLine?.(conceal(line));
    },
  });
  const result = { ...ended, stdout: conceal(ended.stdout), stderr: conceal(ended.stderr) };
  if (result.end === 'exited' && result.signal === undefined) return result;
  throw notEnded(`trivy ${args[0] ?? ''}`, result, { timeoutMs, signal }, tail(result.stderr));
}

/** With `--exit-code 0`, the exit code is 0 regardless of findings; anything else is a failure. */
export function requireSuccess(result: ProcessResult, what: string): void {
  if (result.exitCode === 0) return;
  throw new GateError('ENGINE_FAILED', {
    message: `${what}: trivy ended with exit code ${result.exitCode ?? 'none'}: ${tail(result.stderr)}`,
    expected: 'exit code 0',
    next: 'Run again with debug logging.',
  });
}
