/**
 * Programs of util-linux that change their own process and then execute the next program of the command line: the process id, the group,
 * the pipes and the exit code are the engine's own. Fixed paths, since PATH is not trusted.
 */
const unshare = '/usr/bin/unshare';
const setpriv = '/usr/bin/setpriv';
const prlimit = '/usr/bin/prlimit';

/** What this system allows. */
export interface Sandbox {
  /** Before an executable that needs no network; undefined if the network can't be cut off. */
  readonly cut: readonly string[] | undefined;
  /** Before one that needs it. */
  readonly open: readonly string[];
  /** Before either, for at most so many bytes of memory. */
  readonly limit: ((bytes: number) => readonly string[]) | undefined;
  /** Children gain no privileges: `sudo` has no effect. */
  readonly privileges: boolean;
  /** They can't read our environment, where the tokens are, through /proc. */
  readonly environment: boolean;
  /** Why some of it is unavailable. */
  readonly why: string;
}

/** A child that outlives us would outlive the job's deadline: the kernel kills it when its parent is killed. */
const seal = ['--no-new-privs', '--pdeathsig', 'SIGKILL'];
/**
 * Root without its capabilities, but for reading and writing files of others: it can't go back to our network, nor look into our
 * process. In a job's container the workspace belongs to another user.
 */
const bound = ['--inh-caps=-all', '--bounding-set=-all,+dac_override,+dac_read_search'];

/** Strongest first. */
export function privilegeArgs(root: boolean): readonly (readonly string[])[] {
  return [...(root ? [[setpriv, ...seal, ...bound, '--']] : []), [setpriv, ...seal, '--'], [setpriv, '--no-new-privs', '--']];
}

export const wrappers = {
  unshare,
  /**
   * Strongest first. A user namespace of its own is what lets a plain user have a network namespace; it also puts our process beyond
   * the child's ptrace rights, and so our environment. Its network has nothing but a loopback device, which is down.
   */
  namespaces(root: boolean): readonly { readonly cut: readonly string[]; readonly open: readonly string[] }[] {
    const user = (map: string, privileges: readonly string[]) => ({
      cut: [unshare, '--user', map, '--net', '--', setpriv, ...privileges, '--'],
      open: [unshare, '--user', map, '--', setpriv, ...privileges, '--'],
    });
    const asRoot = { cut: [unshare, '--net', '--', setpriv, ...seal, ...bound, '--'], open: [setpriv, ...seal, ...bound, '--'] };
    if (root) return [asRoot, user('--map-root-user', [...seal, ...bound])];
    return [user('--map-current-user', seal), user('--map-root-user', [...seal, ...bound])];
  },
  /**
   * RLIMIT_DATA: private writable memory, since Linux 4.7 anonymous mappings as well (https://man7.org/linux/man-pages/man2/getrlimit.2.html).
   * Not RLIMIT_AS, which counts the address space that Go and node only reserve. It applies to each process, not to all together.
   */
  limit: (bytes: number): readonly string[] => [prlimit, `--data=${bytes}`, '--core=0', '--'],
} as const;
