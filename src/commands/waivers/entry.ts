import type { Waiver } from '../../model/waiver.ts';

/** A waiver as written to the waivers file. */
export type Entry = Pick<Waiver, 'rule' | 'target' | 'reason' | 'owner' | 'expires' | 'environments'>;

/** Fields that imported entries may lack, because their tool does not require them. */
export interface Mandatory {
  readonly owner: string;
  readonly expires: string;
  readonly reason: string;
  /** The current day. */
  readonly today: string;
}
export interface Imported {
  readonly entries: readonly Entry[];
  /** Entries that were not imported, and why; one line each. */
  readonly skipped: readonly string[];
}

/** Text of a file, safe for a terminal: without escape sequences. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}');
}

/** Waivers need a meaningful reason: a shorter one is replaced by the reason given for all. */
export function reasonOf(own: string | undefined, { reason }: Mandatory): string {
  const text = (own ?? '').replace(/\s+/g, ' ').trim();
  return text.length >= 10 ? text : reason;
}
