import path from 'node:path';
import type { OpenBundle } from './inputs/organization/load.ts';
import type { GateConfig } from './model/config.ts';
import { once } from './model/once.ts';
import type { FetchedBundle, NotFetched } from './model/sources.ts';
import type { Ports } from './ports/ports.ts';
import type { BundleContext } from './sources/bundle.ts';

/** Where a configuration that extends another one is from. */
export interface BundleOrigin {
  readonly ports: Pick<Ports, 'files' | 'remotes' | 'log'>;
  readonly cacheDir: string;
  readonly tempDir: string;
  readonly signal: AbortSignal;
}

export interface BundleOpeners {
  /** For the configuration in force, which chooses any host, like its `sources.allow`. */
  readonly trusted: OpenBundle;
  /** For a configuration that the change proposes: by the sources in force, and only hosts that the trusted files or git's remotes name. */
  readonly proposed: (config: Pick<GateConfig, 'sources' | 'trusted'>, remotes: () => Promise<readonly string[]>) => OpenBundle;
}

/** Fetches the settings that a configuration extends, each address once in a run. */
export function createBundleOpeners({ ports, cacheDir, tempDir, signal }: BundleOrigin): BundleOpeners {
  const known = new Map<string, Promise<FetchedBundle | NotFetched>>();
  let count = 0;
  const newFolder = () => path.join(tempDir, 'organization', String(count++));
  const fetch = async (address: string, config: GateConfig['sources'], namedHosts: BundleContext['namedHosts']) => {
    const { fetchBundle } = await import('./sources/bundle.ts');
    const found = known.get(address) ?? fetchBundle(address, { ports, cacheDir, signal, newFolder, config, namedHosts });
    known.set(address, found);
    return found;
  };
  return {
    trusted: async (address, { sources: { allow = [], mirrors = {}, offline = false } = {} }) => {
      const { hostOfBundle } = await import('./sources/bundle.ts');
      return fetch(address, { allow, mirrors, offline }, async () => new Set([hostOfBundle(address)]));
    },
    proposed: ({ sources, trusted }, remotes) => {
      const named = once(async () => {
        const { hostsIn, hostsNamedIn } = await import('./sources/named-hosts.ts');
        const own = (await remotes()).flatMap((url) => hostsIn(`url: ${url}`));
        return new Set([...(await hostsNamedIn(trusted, ports.files)), ...own]);
      });
      return (address) => fetch(address, sources, named);
    },
  };
}
