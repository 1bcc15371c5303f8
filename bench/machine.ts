import { execFileSync } from 'node:child_process';
import os from 'node:os';

const git = (root: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** What the figures were measured on, as lines for the page. */
export function machine(root: string): readonly string[] {
  const [cpu] = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(1));
  const changed = git(root, 'status', '--porcelain', '--', 'src', 'dist', 'policies') !== '';
  return [
    `${os.availableParallelism()} cores, ${cpu?.model ?? 'unknown processor'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `${os.type()} ${os.release()} ${os.arch()}, Node ${process.version}`,
    `load when the run began (1, 5, 15 minutes): ${load.join(', ')}`,
    `commit ${git(root, 'rev-parse', 'HEAD').slice(0, 12)}${changed ? ', with changes that are not committed' : ''}`,
  ];
}
