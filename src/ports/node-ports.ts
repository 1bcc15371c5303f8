import { createNodeFiles } from './node-files.ts';
import { createNodeGit, type GitOptions } from './node-git.ts';
import { createNodeHttp } from './node-http.ts';
import { createNodeProcesses } from './node-processes.ts';
import { createNodeRegistries } from './node-registries.ts';
import { createNodeRemotes } from './node-remotes.ts';
import { createNodeTrustRoots } from './node-trust-roots.ts';
import type { Log, Ports } from './ports.ts';

/**
 * The real outside world.
 * @param options.env Environment of this process, read for PATH and the path of Docker's configuration. No child inherits it except
 * Docker's credential helpers, which are the runner's own.
 */
export function createNodePorts(options: {
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly remote?: GitOptions['remote'];
}): Ports {
  const files = createNodeFiles();
  const processes = createNodeProcesses(options.env);
  const { env, remote } = options;
  return {
    files,
    processes,
    git: createNodeGit({ files, processes, env, ...(remote !== undefined && { remote }) }),
    http: createNodeHttp(),
    registries: createNodeRegistries({ env, processes, log: options.log }),
    remotes: createNodeRemotes({ env, processes, files, log: options.log }),
    trustRoots: createNodeTrustRoots(),
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    log: options.log,
  };
}
