import type { Ports } from '../ports/ports.ts';
import type { Receipt } from './cache.ts';

/** One way to get a tool. */
export interface ToolSource {
  /** "release asset", "Go module x@v1", for messages. */
  readonly label: string;
  readonly origin: Receipt['origin'];
  /** How long it is likely to take. */
  readonly expectedMs: number;
  /**
   * Puts the executable, named like the tool, and what it needs into an empty folder.
   * @returns the state of the publisher's signature; undefined for a build.
   * @throws GateError TOOL_UNAVAILABLE if this source does not have it, TOOL_UNTRUSTED if it has something else.
   */
  fetch(staging: string, limits: SourceLimits): Promise<SignatureState | undefined>;
}

export interface SourceLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The result of checking the publisher's signature. */
export type SignatureState =
  | { readonly state: 'verified'; readonly by: string }
  /** The publisher signs it, but the signature was unavailable; the hash alone decided. */
  | { readonly state: 'unverified'; readonly why: string }
  /** Its publisher signs nothing of it. */
  | { readonly state: 'unsigned' };

export type SourcePorts = Pick<Ports, 'files' | 'processes' | 'http' | 'log' | 'clock'>;
