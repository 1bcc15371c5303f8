/**
 * Image registries, with the credentials of whoever runs the gate. The caller never gets them, and no request is sent into the machine's own
 * network except to hosts that are `named`.
 */
export interface Registries {
  /** The current digest of a tag, `sha256:…`; undefined if it is unavailable for any reason. */
  digest(tag: TagName, options: LookUp): Promise<string | undefined>;
  /** A manifest, blob or list of referrers, whole. Never throws: what it could not read is part of the answer. */
  read(item: RegistryItem, options: ReadOptions): Promise<RegistryDocument>;
  /** Why no request is sent to a registry; undefined if it is allowed. */
  refused(registry: string, named: NamedHosts): Promise<RefusedHost | undefined>;
  /** A registry on this machine for processes that must not request others on their own. */
  relay(options: RelayOptions): Promise<Relay>;
  /** Writes a Docker configuration with the credentials for this registry and no other into a new folder; undefined without any. */
  lend(registry: string, below: string, signal: AbortSignal): Promise<LentCredentials | undefined>;
}
/** `docker.io`, `library/nginx`, `1.25` */
export interface TagName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}
/** `ghcr.io`, `org/app`, and what of it: `manifests/1.25`, `blobs/sha256:…`, `referrers/sha256:…`. */
export interface RegistryItem {
  readonly registry: string;
  readonly repository: string;
  readonly path: string;
}
export interface ReadOptions extends LookUp {
  readonly maxBytes: number;
}
export type RegistryDocument =
  /** `next`: the path of the next page of a list. */
  | { readonly status: 'found'; readonly bytes: Uint8Array; readonly digest: string; readonly next?: string }
  /** The registry has no such thing, or no such API. */
  | { readonly status: 'absent' }
  | { readonly status: 'too-large' }
  /** The request was not sent, or would have been redirected there. */
  | ({ readonly status: 'refused' } & RefusedHost)
  /** `why`: `HTTP 401`, `the connection was cut (ECONNRESET)`. */
  | { readonly status: 'unavailable'; readonly why: string };
/** Hosts that may be in a private network, with a port other than those of https and http: `registry.internal:5000`. Called when one is found. */
export type NamedHosts = () => Promise<readonly string[]>;
/** `127.0.0.1:5000`, `is a loopback address` */
export interface RefusedHost {
  readonly host: string;
  readonly why: string;
}
export interface RelayOptions {
  /** Whether registries may get their credentials. */
  readonly credentials: boolean;
  readonly named: NamedHosts;
  readonly signal: AbortSignal;
}
export interface LookUp extends RelayOptions {
  /** Plain http and unchecked certificates are allowed. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
}
export interface Relay {
  /** Serves an image to the process that gets the Docker configuration, which is written below a folder. */
  offer(image: OfferedImage, below: string): Promise<Offer>;
  close(): Promise<void>;
}
export interface OfferedImage {
  readonly registry: string;
  readonly repository: string;
  /** `:1.25`, `@sha256:…` */
  readonly version: string;
  readonly insecure: boolean;
}
export interface Offer extends LentCredentials {
  /** The image's name in the relay, without and with its version. */
  readonly repository: string;
  readonly reference: string;
  /** Why some of it was unavailable; undefined if its registry answered, with any status. */
  problem(): PullProblem | undefined;
}
export type PullProblem =
  | ({ readonly kind: 'refused' } & RefusedHost)
  | { readonly kind: 'unreachable' | 'unreadable'; readonly why: string };
export interface LentCredentials {
  /** For DOCKER_CONFIG of one process. */
  readonly folder: string;
  /** The text without the secrets. */
  conceal(text: string): string;
  /** Removes the folder. */
  release(): Promise<void>;
}
