import type { RemoteRepository } from '../ports/ports.ts';

/** Where a repository of charts is. */
export type Address =
  | { readonly kind: 'http'; readonly host: string; readonly url: URL }
  | ({ readonly kind: 'oci'; readonly host: string } & RemoteRepository);

/** Undefined for what is not the address of a repository, such as an alias (`@bitnami`) or a path. */
export function addressOf(text: string): Address | undefined {
  const url = text.trim();
  if (/^https?:\/\//i.test(url)) return URL.canParse(url) ? httpAddress(new URL(url)) : undefined;
  // Argo CD names a registry without a scheme.
  const [, plain] = /^(?:oci:\/\/)?([^/\s:@]+(?::\d+)?(?:\/[\w./-]+)?)\/?$/i.exec(url) ?? [];
  if (plain === undefined || (!/^oci:/i.test(url) && !/^[^/]*[.:]/.test(plain))) return undefined;
  const [registry = '', ...steps] = plain.toLowerCase().split('/');
  if (!/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d+)?$/.test(registry) || !URL.canParse(`https://${registry}`)) return undefined;
  if (steps.some((step) => step === '' || step === '.' || step === '..')) return undefined;
  return { kind: 'oci', host: hostOf(new URL(`https://${registry}`)), registry: ownName(registry), repository: steps.join('/') };
}

function httpAddress(url: URL): Address {
  url.hash = '';
  return { kind: 'http', host: hostOf(url), url };
}

/** `charts.example.com`, with a port other than the usual one. */
export function hostOf({ host }: URL): string {
  return host.toLowerCase().replace(/\.+(?=:|$)/, '');
}

/** Docker Hub has one name for credentials and several for requests. */
function ownName(registry: string): string {
  return ['index.docker.io', 'registry-1.docker.io'].includes(registry) ? 'docker.io' : registry;
}

/** A file of a repository of charts: its own address may have a query. */
export function fileOf(repository: URL, file: string): URL {
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${file}`;
  return url;
}
