import type { NamedHosts } from './ports.ts';

/**
 * Repositories of charts and bases, with the credentials of whoever runs the gate for registries. No request is sent to a loopback, private or
 * link-local address, whether by a name, a redirect or a second answer of the name server, except to hosts that are `mirrors`. Each method
 * throws GateError SOURCE_UNREADABLE with the reason.
 */
export interface Remotes {
  /** The content of an https URL. Redirects are followed, each checked like the first. */
  get(url: string, options: RemoteOptions): Promise<Uint8Array>;
  /** A manifest of a registry, by `1.2.0` or `sha256:…`, which is checked. */
  manifest(image: RemoteRepository, reference: string, options: RemoteOptions): Promise<RemoteManifest | undefined>;
  /** Content of a registry by its digest, which is checked. */
  blob(image: RemoteRepository, digest: string, options: RemoteOptions): Promise<Uint8Array>;
  /** Writes one commit of a git repository, by a branch, tag or SHA (`` for the default branch), into a folder. Symlinks become plain files. */
  checkout(url: string, ref: string, to: string, options: RemoteOptions): Promise<{ readonly commit: string }>;
  /** Every tag of a repository. */
  tags(image: RemoteRepository, options: RemoteOptions): Promise<readonly string[]>;
}
/** `ghcr.io`, `org/charts/podinfo` */
export interface RemoteRepository {
  readonly registry: string;
  readonly repository: string;
}
export interface RemoteManifest {
  readonly text: string;
  /** `sha256:…` of the text. */
  readonly digest: string;
}
export interface RemoteOptions {
  readonly maxBytes: number;
  /** Hosts of mirrors: they may be on a private address. */
  readonly mirrors: NamedHosts;
  /** Whether plain http is allowed: only for a mirror with such an address. */
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}
