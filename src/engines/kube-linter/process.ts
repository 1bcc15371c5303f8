import type { ProcessResult } from '../../ports/ports.ts';
import type { EngineContext } from '../engine.ts';
import { runProcess } from '../run-process.ts';
import type { KubeLinterOptions } from './options.ts';
import { excerpt } from './output.ts';

export type KubeLinterContext = EngineContext<KubeLinterOptions>;

const maxOutputBytes = 128 * 1024 * 1024;

/** `kube-linter lint` on whole folders, since thousands of files would exceed the argument limit; only with our configuration. */
export function lint(context: KubeLinterContext, config: string, folders: readonly string[]): Promise<ProcessResult> {
  return runProcess(context, {
    name: 'kube-linter',
    // Without --fail-on-invalid-resource, it does not report objects that it could not load.
    args: ['lint', '--format', 'json', '--fail-on-invalid-resource', '--config', config, ...folders],
    env: { NO_COLOR: '1' },
    network: 'none',
    maxOutputBytes,
    excerpt,
  });
}
