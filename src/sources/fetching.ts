import type { RemoteManifest, Remotes } from '../ports/ports.ts';
import type { Memo } from './memo.ts';
import type { Mirrors } from './mirrors.ts';
import type { Satisfies } from './versions.ts';

/** What every kind of repository is asked with. */
export interface Fetching {
  readonly remotes: Remotes;
  readonly mirrors: Mirrors;
  readonly offline: boolean;
  readonly satisfies: Satisfies;
  readonly signal: AbortSignal;
  /** Content that the cache has under a digest, `sha256:…`, checked. */
  cached(digest: string): Promise<Uint8Array | undefined>;
  /** Answers that several charts share, for the whole run. */
  readonly indexes: Memo<Uint8Array>;
  readonly manifests: Memo<RemoteManifest | undefined>;
  readonly tags: Memo<readonly string[]>;
}

/** A chart as it was published. */
export interface Archive {
  readonly version: string;
  readonly content: Uint8Array;
}
