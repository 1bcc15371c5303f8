import { registryOf } from './args.ts';
import type { Run, TrivyContext } from './process.ts';

/**
 * Runs the download of a database with the runner's credentials for its registry: in a Docker configuration with only that registry, in a
 * folder that is removed afterwards. No other process has access to it.
 */
export async function withCredentials<Result>(
  context: TrivyContext,
  reference: string | undefined,
  use: (lent: Pick<Run, 'env' | 'conceal'>) => Promise<Result>,
): Promise<Result> {
  const { ports, options, workdir, signal } = context;
  const wanted = reference !== undefined && options.credentials === 'runner';
  const lent = wanted ? await ports.registries.lend(registryKey(reference), workdir, signal) : undefined;
  if (lent === undefined) return use({});
  try {
    return await use({ env: { DOCKER_CONFIG: lent.folder }, conceal: (text) => lent.conceal(text) });
  } finally {
    await lent.release();
  }
}

/** Docker's name for the registry of a reference. */
export function registryKey(reference: string): string {
  const registry = registryOf(reference).toLowerCase();
  return registry === 'index.docker.io' ? 'docker.io' : registry;
}
