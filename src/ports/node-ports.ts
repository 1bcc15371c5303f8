import { createNodeFiles } from './node-files.ts';
import { createNodeHttp } from './node-http.ts';
import { createNodeProcesses } from './node-processes.ts';
import type { Log, Ports } from './ports.ts';

/**
 * The real outside world.
 * @param options.env Environment of this process, read for PATH only: no child inherits it.
 */
export function createNodePorts(options: {
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Ports {
  return {
    files: createNodeFiles(),
    processes: createNodeProcesses(options.env),
    http: createNodeHttp(),
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    log: options.log,
  };
}
