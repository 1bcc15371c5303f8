import type { NamedHosts, TrustRoots } from './ports.ts';

/** @param named Hosts in a private network that may be requested; for tests. */
export function createNodeTrustRoots(named: NamedHosts = () => Promise.resolve([])): TrustRoots {
  // Loaded only if a root is wanted: most runs verify nothing.
  return { current: async (source) => (await import('./tuf-root.ts')).currentRoot(source, named) };
}
