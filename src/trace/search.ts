import type { JsonValue } from '../model/json.ts';
import { isScalar } from './fields.ts';
import { createSentinels, falsySentinel, type Hit, isFalsy, type Leaf, type Sentinels } from './sentinels.ts';

/** The leaves that a field shows. */
export interface Found<L extends Leaf> {
  readonly hits: readonly Hit<L>[];
  /** The field's line is a line of a leaf that is a text: which one, from 0. */
  readonly line?: number;
}

/** What a rendering with sentinels shows of the wanted fields. `failed`: nothing was rendered; `blamed` are the leaves that its error names. */
export type Shown<F, L extends Leaf> =
  | { readonly status: 'failed'; readonly blamed: (leaf: L) => boolean }
  | {
      readonly status: 'rendered';
      /** Undefined if the field, or the resource, is not there. */
      readonly valueOf: (field: F) => JsonValue | undefined;
      /** The line of the output that has the field. */
      readonly lineOf?: (field: F) => string;
    };

interface Search<F, L extends Leaf> {
  /** Scalars; of a map or list, it is only found which line of a text it was copied from. */
  readonly fields: readonly F[];
  /** Tried apart from each other. Those that change nothing else come first. */
  readonly groups: readonly (readonly L[])[];
  /** All of the rendering without sentinels. */
  readonly rendered: string;
  readonly word: string;
  /** Undefined if there is no time left. */
  readonly render: (sentinels: Sentinels<L>, group: readonly L[]) => Promise<Shown<F, L> | undefined>;
}

/**
 * Renders again with sentinels for leaves. A field is decided by the leaves whose sentinels it shows, if it is the same without them. A
 * sentinel that changes what else is rendered proves nothing: its group is split in halves and tried again.
 */
export async function search<F extends { readonly value: JsonValue }, L extends Leaf>({
  fields,
  groups,
  rendered,
  word,
  render,
}: Search<F, L>): Promise<ReadonlyMap<F, Found<L>>> {
  const found = new Map<F, Found<L>>();

  /** Nothing but one leaf: no other can be part of it. */
  const isDone = (field: F): boolean => found.get(field)?.hits.some(({ whole }) => whole) === true;

  /** Returns the fields that this rendering shows nothing of. */
  async function attempt(
    group: readonly L[],
    sentinels: Sentinels<L>,
  ): Promise<{ readonly unclear: readonly F[]; readonly next?: readonly (readonly L[])[] }> {
    const shown = await render(sentinels, group);
    if (shown === undefined) return { unclear: [] };
    if (shown.status === 'failed') {
      const others = group.filter((leaf) => !shown.blamed(leaf));
      const isHelp = others.length > 0 && others.length < group.length;
      return isHelp ? { unclear: [], next: [others] } : { unclear: fields.filter((field) => !isDone(field)) };
    }
    const unclear = fields.filter((field) => {
      if (isDone(field)) return false;
      const result = compare(field.value, shown.valueOf(field), sentinels, () => shown.lineOf?.(field));
      if (result.found !== undefined) {
        const known = found.get(field)?.hits ?? [];
        const fresh = result.found.hits.filter(({ leaf }) => known.every((hit) => hit.leaf !== leaf));
        found.set(field, { ...result.found, hits: [...known, ...fresh] });
      }
      return result.unclear;
    });
    return { unclear };
  }

  async function tryGroup(group: readonly L[]): Promise<readonly (readonly L[])[]> {
    const { unclear, next } = await attempt(group, createSentinels(group, rendered, word));
    if (next !== undefined) return next;
    const texts = unclear.map(({ value }) => String(value));
    const open = group.filter((leaf) => mayShow(leaf, texts));
    const [only] = open;
    if (group.length > 1) return halves(open);
    if (only !== undefined && isFalsy(only)) await attempt([only], falsySentinel(only));
    return [];
  }

  for (const group of groups) {
    const texts = fields.filter((field) => !isDone(field)).map(({ value }) => String(value));
    for (let open: readonly (readonly L[])[] = [group.filter((leaf) => mayShow(leaf, texts))]; open.length > 0; )
      open = (await Promise.all(open.filter((some) => some.length > 0).map(tryGroup))).flat();
  }
  return found;
}

function halves<L>(group: readonly L[]): readonly (readonly L[])[] {
  if (group.length <= 1) return [group];
  const middle = Math.ceil(group.length / 2);
  return [group.slice(0, middle), group.slice(middle)];
}

/** Whether a field may show a leaf: only then is it worth a rendering. If a text has templates, variables or lines, the rest of it shows. */
function mayShow({ value }: Leaf, texts: readonly string[]): boolean {
  const parts = String(value)
    .split(/\{\{[\s\S]*?\}\}|\$\([\w.-]+\)|\n/)
    .flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const encoded = Buffer.from(String(value)).toString('base64');
  if (parts.length === 0) return texts.length > 0;
  return texts.some((shown) => {
    if (shown === encoded) return true;
    // Checksums and certificates contain anything short, and show nothing.
    if (/^[A-Za-z0-9+/=]{24,}$/.test(shown)) return parts.includes(shown);
    return parts.some((part) => hasWord(shown, part) || part.includes(`: ${shown}`) || part.includes(`=${shown}`));
  });
}

/** 15 does not have 5. */
function hasWord(text: string, part: string): boolean {
  const startsInWord = /^[A-Za-z0-9]/.test(part);
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    if (part.length > 3) return true;
    if (!(startsInWord && /[A-Za-z0-9]/.test(text[at - 1] ?? '')) && !/\d/.test(text[at + part.length] ?? '')) return true;
  }
  return false;
}

function compare<L extends Leaf>(
  value: JsonValue,
  shown: JsonValue | undefined,
  { clean, hits, lineHit }: Sentinels<L>,
  lineOf: () => string | undefined,
): { readonly found?: Found<L>; readonly unclear: boolean } {
  let unclear = isScalar(value);
  if (isScalar(value) && isScalar(shown)) {
    const text = decoded(shown, value, hits);
    const own = hits(text.shown);
    unclear = clean(text.shown) !== text.before;
    if (!unclear && own.length > 0) return { found: { hits: own }, unclear };
  }
  const hit = shown === undefined ? undefined : lineHit(lineOf() ?? '');
  return hit === undefined ? { unclear } : { found: { hits: [{ leaf: hit.leaf, whole: true, at: 0 }], line: hit.line }, unclear };
}

/** A Secret shows values as base64. */
function decoded(
  shown: JsonValue,
  before: JsonValue,
  hits: (text: string) => readonly unknown[],
): { readonly shown: string; readonly before: string } {
  const texts = { shown: String(shown), before: String(before) };
  if (hits(texts.shown).length > 0 || texts.shown === texts.before || !/^[A-Za-z0-9+/]+=*$/.test(texts.shown)) return texts;
  const plain = Buffer.from(texts.shown, 'base64').toString('utf8');
  return hits(plain).length === 0 ? texts : { shown: plain, before: Buffer.from(texts.before, 'base64').toString('utf8') };
}
