import type { GateConfig } from '../model/config.ts';
import type { RemoteRepository } from '../ports/ports.ts';
import { hostOf } from './address.ts';

/** What is requested instead of a host that the configuration has a mirror for. */
export interface Mirrors {
  has(host: string): boolean;
  /** Hosts of the mirrors themselves, which may be on a private address. */
  readonly hosts: readonly string[];
  url(original: URL): { readonly url: URL; readonly insecure: boolean };
  registry(host: string, original: RemoteRepository): RemoteRepository & { readonly insecure: boolean };
}

export function mirrorsOf({ mirrors }: GateConfig['sources']): Mirrors {
  const byHost = new Map(Object.entries(mirrors).map(([host, url]) => [host.toLowerCase(), new URL(url)]));
  return {
    has: (host) => byHost.has(host),
    hosts: [...byHost.values()].map(hostOf),
    url(original) {
      const mirror = byHost.get(hostOf(original));
      if (mirror === undefined) return { url: original, insecure: false };
      const url = new URL(mirror);
      url.pathname = `${mirror.pathname.replace(/\/+$/, '')}${original.pathname}`;
      url.search = original.search;
      return { url, insecure: mirror.protocol === 'http:' };
    },
    registry(host, original) {
      const mirror = byHost.get(host);
      if (mirror === undefined) return { ...original, insecure: false };
      const prefix = mirror.pathname.replace(/^\/+|\/+$/g, '');
      const repository = prefix === '' ? original.repository : `${prefix}/${original.repository}`;
      return { registry: hostOf(mirror), repository, insecure: mirror.protocol === 'http:' };
    },
  };
}
