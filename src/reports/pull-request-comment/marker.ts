import { createHash } from 'node:crypto';
import type { PublishContext } from '../publisher.ts';

/** The origin of a comment: one gate, one attempt of one run, one head commit. */
export interface Stamp {
  /** The gate's name, encoded by `encodeName`. */
  readonly name: string;
  readonly run: number;
  readonly attempt: number;
  readonly head: string;
}

export function stampOf({ change, gateName }: PublishContext): Stamp {
  return { name: encodeName(gateName), run: change.run.id, attempt: change.run.attempt, head: change.headSha };
}

/** The first line of the comment, invisible to readers. It proves nothing, since anyone can write one: see sticky.ts. */
export function marker({ name, run, attempt, head }: Stamp): string {
  return `<!-- k8s-gate:comment v1 name=${name} run=${run} attempt=${attempt} head=${head} -->\n`;
}

/** Undefined if the first line is not our marker. */
export function readMarker(body: string): Stamp | undefined {
  const [, name, run, attempt, head] =
    /^<!-- k8s-gate:comment v1 name=(\S*) run=(\d{1,15}) attempt=(\d{1,9}) head=([0-9a-f]{40,64}) -->\r?(?:\n|$)/.exec(body) ??
    [];
  if (name === undefined || head === undefined) return undefined;
  return { name, run: Number(run), attempt: Number(attempt), head };
}

/** Negative if a is from a newer run than b: sorts newest first. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return b.run - a.run || b.attempt - a.attempt;
}

/** Removes white space, `>` and `--`, which could end the HTML comment; a long name is replaced by its hash. */
function encodeName(name: string): string {
  const encoded = encodeURIComponent(name.replace(/[\ud800-\udfff]/gu, '\ufffd')).replaceAll('--', '%2D%2D');
  return encoded.length <= 200 ? encoded : `sha256:${createHash('sha256').update(name).digest('hex')}`;
}
