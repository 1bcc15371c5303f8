import { GateError } from '../model/gate-error.ts';
import type { Processes, ProcessResult } from './ports.ts';

/**
 * Settings that override those of the repository and the machine: no hook, file monitor or pager that these name may run, and a folder is
 * not a repository because it looks like one.
 */
const hardened: readonly string[] = [
  'safe.directory=*', // a container job's workspace belongs to another user
  'safe.bareRepository=explicit',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.pager=cat',
  'protocol.ext.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
];

export interface GitProcesses {
  readonly processes: Processes;
  /** The environment of this process, of which git gets PATH, HOME, SSH_AUTH_SOCK and the proxy settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs git in a folder. `extra` has to name the repository (GIT_DIR), so that git does not search for one. */
export async function runGit(
  { processes, env }: GitProcesses,
  folder: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>> & { readonly GIT_DIR: string },
): Promise<ProcessResult> {
  const executable = await processes.find('git');
  if (executable === undefined)
    throw new GateError('TOOL_UNAVAILABLE', { message: 'git is not on the PATH', next: 'Install git.' });
  const result = await processes.run({
    executable,
    args: [...hardened.flatMap((setting) => ['-c', setting]), ...args],
    cwd: folder,
    env: {
      ...inherited(env),
      GIT_TERMINAL_PROMPT: '0',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      // A partial clone would fetch a missing file from its remote, using the repository's own configuration.
      GIT_NO_LAZY_FETCH: '1',
      LC_ALL: 'C',
      ...extra,
    },
    timeoutMs: 300_000,
    maxOutputBytes: 256 * 1024 * 1024,
  });
  if (result.end === 'exited') return result;
  throw new GateError('BASE_UNAVAILABLE', {
    message: `git ${args[0] ?? ''} did not finish: ${result.startError ?? result.end}`,
    next: 'Run the job again.',
  });
}

const proxyNames = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
const inheritedNames = [
  ...['PATH', 'HOME', 'SSH_AUTH_SOCK', 'SYSTEMROOT', 'GIT_SSL_CAINFO'],
  ...proxyNames,
  ...proxyNames.map((name) => name.toUpperCase()),
];

function inherited(env: GitProcesses['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(inheritedNames.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** The last line that git printed, for a message, without the password of an address in it. */
export function lastLine({ stderr }: Pick<ProcessResult, 'stderr'>): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line.replace(/\/\/[^\s/@]+@/g, '//***@').slice(0, 300);
}
