import { GateError } from '../model/gate-error.ts';

/** One of `count` parts that a run is divided into; both from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** How much of the work this run does. */
export type Scale =
  | { readonly kind: 'whole' }
  /** The engines judge this part only, and their results go into the file `report`. */
  | { readonly kind: 'shard'; readonly shard: Shard; readonly report: string }
  /** The engines' results come from the reports of all shards: files, or folders of them. */
  | { readonly kind: 'merge'; readonly from: readonly string[] };

/** The same as text; paths are absolute. */
export type RawScale =
  | { readonly kind: 'shard'; readonly shard: string; readonly report: string }
  | Extract<Scale, { kind: 'merge' }>;

/** A matrix has at most 256 jobs. https://docs.github.com/en/actions/reference/limits */
const maxShards = 256;
const expected = `I/N such as 2/8, with N from 1 to ${maxShards} and I from 1 to N`;

/** Throws GateError INPUT_INVALID. */
export function parseScale(raw: RawScale | undefined): Scale {
  if (raw === undefined) return { kind: 'whole' };
  if (raw.kind === 'shard') return { ...raw, shard: parseShard(raw.shard) };
  if (raw.from.length > 0) return raw;
  throw new GateError('INPUT_INVALID', {
    message: 'there is nothing to merge',
    expected: 'the files that the shards wrote, or folders of them',
    next: 'Run each shard with its own `shard` (1/N to N/N) first, and pass all reports. See docs/scale.md.',
  });
}

function parseShard(text: string): Shard {
  const parts = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text.trim());
  const [index, count] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts !== null && index <= count && count <= maxShards) return { index, count };
  const why =
    parts === null
      ? 'does not name a part'
      : index > count
        ? `asks for part ${index} of ${count}`
        : `divides into more than ${maxShards}`;
  throw new GateError('INPUT_INVALID', { message: `shard: \`${text}\` ${why}`, expected });
}

/** `shard 2/8`. */
export function shardName({ index, count }: Shard): string {
  return `shard ${index}/${count}`;
}
