import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { notEnded } from '../ended.ts';
import type { EngineContext } from '../engine.ts';
import type { KubeLinterOptions } from './options.ts';
import { excerpt } from './output.ts';

export type KubeLinterContext = EngineContext<KubeLinterOptions>;

const maxOutputBytes = 128 * 1024 * 1024;

/** `kube-linter lint` on whole folders, so that thousands of files don't meet the limit on arguments; with a configuration of ours only. */
export async function lint(context: KubeLinterContext, config: string, folders: readonly string[]): Promise<ProcessResult> {
  if (context.tool === undefined) throw new GateError('INTERNAL', { message: 'kube-linter was started without its binary' });
  const result = await context.ports.processes.run({
    executable: context.tool.path,
    // --fail-on-invalid-resource is what makes it name objects that it could not load.
    args: ['lint', '--format', 'json', '--fail-on-invalid-resource', '--config', config, ...folders],
    cwd: context.workdir,
    env: { HOME: path.join(context.workdir, 'home'), LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' },
    timeoutMs: context.timeoutMs,
    maxOutputBytes,
    network: 'none',
    signal: context.signal,
    onStderrLine: (line) => context.ports.log.debug(`kube-linter: ${line}`),
  });
  if (result.end === 'exited' && result.signal === undefined) return result;
  throw notEnded('kube-linter', result, context, excerpt(result));
}
