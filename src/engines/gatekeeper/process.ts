import type { ProcessResult } from '../../ports/ports.ts';
import type { EngineContext } from '../engine.ts';
import { runProcess } from '../run-process.ts';
import type { GatekeeperOptions } from './options.ts';

export type GatekeeperContext = EngineContext<GatekeeperOptions>;

const maxOutputBytes = 256 * 1024 * 1024;

/** `gator test` on files in this order. Never passed: `--image`, which pulls policies, and `--deny-only`, which hides violations. */
export function test(context: GatekeeperContext, files: readonly string[]): Promise<ProcessResult> {
  return runProcess(context, {
    name: 'gator',
    args: ['test', ...files.map((file) => `--filename=${file}`), '--output=json'],
    // Rego may call http.send.
    network: 'none',
    maxOutputBytes,
    excerpt,
  });
}

/** The end of a failed run's output, shortened for a message. Without the list of objects with one name, which is not an error. */
export function excerpt({ stdout, stderr }: Pick<ProcessResult, 'stdout' | 'stderr'>): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => !/WARNING - Resource named/.test(line));
  const text = lines.join(' ').replaceAll(/\s+/g, ' ').trim();
  return text === '' ? 'no output' : text.slice(0, 600);
}
