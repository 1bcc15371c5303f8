import type { Waiver } from '../../model/waiver.ts';

/** A waiver as it is written into the ledger. */
export type Entry = Pick<Waiver, 'rule' | 'target' | 'reason' | 'owner' | 'expires' | 'environments'>;

/** What importing gives each entry that its own tool does not ask for. */
export interface Mandatory {
  readonly owner: string;
  readonly expires: string;
  readonly reason: string;
  /** The day it is. */
  readonly today: string;
}
export interface Imported {
  readonly entries: readonly Entry[];
  /** What was not taken over, and why; one line each. */
  readonly skipped: readonly string[];
}

/** Text of a file, for a terminal: no escape sequence gets through. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{fffd}');
}

/** The ledger wants a sentence: what is shorter says less than the reason given for all. */
export function reasonOf(own: string | undefined, { reason }: Mandatory): string {
  const text = (own ?? '').replace(/\s+/g, ' ').trim();
  return text.length >= 10 ? text : reason;
}
