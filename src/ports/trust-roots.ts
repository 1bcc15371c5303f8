/** Trusted roots of Sigstore instances, as their publishers distribute them: by TUF (https://theupdateframework.io). */
export interface TrustRoots {
  /** Never throws: without an answer, the caller has another root. */
  current(source: TrustRootSource): Promise<CurrentRoot>;
}
export interface TrustRootSource {
  /** `https://tuf-repo-cdn.sigstore.dev` */
  readonly url: string;
  /** The first root metadata (root.json), by which all other metadata is verified. From the release, never from a cache. */
  readonly root: string;
  /** Below the gate's cache folder. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}
export type CurrentRoot =
  /** `cached`: the repository is unavailable, and what it had at the last time has not expired yet. */
  | { readonly status: 'current' | 'cached'; readonly text: string }
  /** `why`: `HTTP 503`, `the host name is unknown (ENOTFOUND)`. */
  | { readonly status: 'unavailable'; readonly why: string };
