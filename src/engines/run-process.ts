import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { ProcessResult } from '../ports/ports.ts';
import { notEnded } from './ended.ts';
import type { EngineContext } from './engine.ts';

type Context = Pick<EngineContext, 'ports' | 'tool' | 'workdir' | 'timeoutMs' | 'signal'>;

interface EngineProcess {
  /** The tool's name in messages and in the debug log. */
  readonly name: string;
  /** Default: the engine's verified binary. */
  readonly executable?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Absent for a tool that has to reach the cluster and is not sandboxed (kube-bench). */
  readonly network?: 'none';
  readonly maxOutputBytes: number;
  /** The part of the output for an error message. */
  readonly excerpt: (result: ProcessResult) => string;
}

/** Runs a tool once, in the engine's folder and without the gate's environment. Throws if it did not finish; the caller checks the exit code. */
export async function runProcess(context: Context, { name, excerpt, ...child }: EngineProcess): Promise<ProcessResult> {
  const { ports, tool, workdir, timeoutMs, signal } = context;
  const { executable = tool?.path, args, env, network, maxOutputBytes } = child;
  if (executable === undefined) throw new GateError('INTERNAL', { message: `${name} was started without its binary` });
  const result = await ports.processes.run({
    executable,
    args,
    cwd: workdir,
    env: { HOME: path.join(workdir, 'home'), LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    timeoutMs,
    maxOutputBytes,
    ...(network !== undefined && { network }),
    signal,
    onStderrLine: (line) => ports.log.debug(`${name}: ${line}`),
  });
  if (result.end === 'exited' && result.signal === undefined) return result;
  throw notEnded(name, result, context, excerpt(result));
}
