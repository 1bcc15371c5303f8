import type { FieldPath } from '../model/field-path.ts';
import { valueAt } from '../model/field-path.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { fieldsOf, isScalar, type Output, type OutputDocument, pathKey, readOutput } from './helm-documents.ts';
import { traceFalsy } from './helm-falsy.ts';
import { createSentinels, type Hit, type Leaf, leavesOf, overriding } from './helm-sentinels.ts';

/** Which values a field shows. */
export interface FieldValues {
  readonly hits: readonly Hit[];
  /** The field's line is a line of a value that is a text: which one, from 0. */
  readonly line?: number;
}

/** Document key -> path -> values; only what was proven. */
export type ValuesTrace = ReadonlyMap<string, ReadonlyMap<string, FieldValues>>;

/** Helm's output with these values on top; undefined past the budget. What failed says why and has no text. */
export type RenderValues = (over: JsonObject) => Promise<{ readonly text: string; readonly error: string } | undefined>;

export interface TracedValues {
  readonly values: JsonObject;
  readonly switches: ReadonlySet<string>;
  /** Names that templates compare: tried apart from the others. */
  readonly compared: ReadonlySet<string>;
  /** Of the stand-ins: a nonce. */
  readonly word: string;
}

/**
 * Renders again with stand-ins for values. A field is decided by those whose stand-ins it shows, and only where taking them out gives the
 * first rendering's field: a stand-in that changes what else is rendered proves nothing, and its group is split and tried again.
 */
export async function traceValues(
  first: Output,
  { values, switches, compared, word }: TracedValues,
  render: RenderValues,
): Promise<ValuesTrace> {
  const found = new Map<string, Map<string, FieldValues>>();
  const seen = new Set<Leaf>();
  const put = (document: string, path: FieldPath, field: FieldValues): void => {
    const into = found.get(document) ?? new Map<string, FieldValues>();
    const known = into.get(pathKey(path))?.hits ?? [];
    for (const { leaf } of field.hits) seen.add(leaf);
    const hits = [...known, ...field.hits.filter(({ leaf }) => known.every((hit) => hit.leaf !== leaf))];
    found.set(document, into.set(pathKey(path), { ...field, hits }));
  };
  const leaves = leavesOf(values).filter(({ path }) => !switches.has(path.join('.')) && path[0] !== 'tags');
  const isFalsy = ({ value }: Leaf): boolean => value === false || value === 0;
  const texts = first.documents.flatMap(textsOf);
  const shown = leaves.filter((leaf) => !isFalsy(leaf) && mayShow(leaf, texts));
  const isCompared = ({ path }: Leaf): boolean => compared.has(String(path.findLast((step) => typeof step === 'string')));
  const again = new Set<Leaf>();
  const search = async (start: readonly (readonly Leaf[])[], isLast: boolean): Promise<void> => {
    let groups = start;
    while (groups.length > 0) {
      const tries = groups
        .filter((group) => group.length > 0)
        .map((group) => tryGroup(first, group, { values, word }, render, put));
      groups = (await Promise.all(tries)).flatMap(({ open, tried }) => {
        if (isLast) return halves(open, tried);
        for (const leaf of open) if (seen.has(leaf)) again.add(leaf);
        const fresh = open.filter((leaf) => !seen.has(leaf));
        return halves(fresh, tried);
      });
    }
  };
  await search([shown.filter((leaf) => !isCompared(leaf)), shown.filter(isCompared)], false);
  await traceFalsy(first, leaves.filter(isFalsy), values, render, (document, path, leaf) =>
    put(document, path, { hits: [{ leaf, whole: true, at: 0 }] }),
  );
  // What was shown somewhere already comes last: another field may show it, too.
  await search(halves([...again]), true);
  return found;
}

interface Tried {
  readonly tried: number;
  /** Those that may show in a field of which this rendering told nothing. */
  readonly open: readonly Leaf[];
}

async function tryGroup(
  first: Output,
  group: readonly Leaf[],
  given: Pick<TracedValues, 'values' | 'word'>,
  render: RenderValues,
  put: (document: string, path: FieldPath, field: FieldValues) => void,
): Promise<Tried> {
  const tried = group.length;
  const sentinels = createSentinels(group, first.lines.join('\n'), given.word);
  const changed = new Map(group.map((leaf) => [pathKey(leaf.path), sentinels.standIn(leaf)]));
  const result = await render(overriding(given.values, changed));
  if (result === undefined) return { tried, open: [] };
  if (result.text === '') {
    const others = withoutBlamed(group, result.error);
    return others.length === 0 || others.length === tried ? { tried, open: group } : tryGroup(first, others, given, render, put);
  }
  const second = readOutput(result.text, sentinels.clean);
  const documents = new Map(second.documents.map((document) => [document.key, document]));
  const untold = first.documents.flatMap((document) => {
    const other = documents.get(document.key);
    if (other === undefined) return textsOf(document);
    return compare(document, other, second.lines, sentinels, (path, field) => put(document.key, path, field));
  });
  return { tried, open: group.filter((leaf) => mayShow(leaf, untold)) };
}

function halves(open: readonly Leaf[], tried = open.length + 1): readonly (readonly Leaf[])[] {
  if (open.length === 0 || tried === 1) return [];
  if (open.length === 1) return [open];
  const middle = Math.ceil(open.length / 2);
  return [open.slice(0, middle), open.slice(middle)];
}

/** Helm names the expression that failed: `at <.Values.mode>`. The rest may go on together. */
function withoutBlamed(group: readonly Leaf[], error: string): readonly Leaf[] {
  const blamed = new Set([...error.matchAll(/\.([A-Za-z_]\w*)(?=[\s>)|}]|$)/g)].map((match) => match[1]));
  return group.filter(({ path }) => !blamed.has(String(path.at(-1))));
}

function textsOf({ value: root }: OutputDocument): readonly string[] {
  return fieldsOf(root).flatMap(({ value }) => (isScalar(value) && value !== null ? [String(value)] : []));
}

/** A value that no field shows needs no rendering. Of a text with templates or lines, what stands between them shows. */
function mayShow({ value }: Leaf, texts: readonly string[]): boolean {
  const parts = String(value)
    .split(/\{\{[\s\S]*?\}\}|\n/)
    .flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const encoded = Buffer.from(String(value)).toString('base64');
  if (parts.length === 0) return texts.length > 0;
  return texts.some((shown) => {
    if (shown === encoded) return true;
    // Checksums and certificates hold anything short, and show nothing.
    if (/^[A-Za-z0-9+/=]{24,}$/.test(shown)) return parts.includes(shown);
    return parts.some((part) => standsIn(part, shown) || part.includes(`: ${shown}`));
  });
}

/** As a word: 5 does not stand in 15. */
function standsIn(part: string, text: string): boolean {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    if (part.length > 3) return true;
    if (!/[A-Za-z0-9]/.test(text[at - 1] ?? '') && !/\d/.test(text[at + part.length] ?? '')) return true;
  }
  return false;
}

/** Tells of each field that is proven, and returns the texts of those that are not. */
function compare(
  document: OutputDocument,
  other: OutputDocument,
  lines: readonly string[],
  { clean, hits, lineHit }: ReturnType<typeof createSentinels>,
  tell: (path: FieldPath, field: FieldValues) => void,
): readonly string[] {
  const untold: string[] = [];
  for (const { path, value } of fieldsOf(document.value)) {
    const shown = valueAt(other.value, path);
    if (isScalar(value) && isScalar(shown)) {
      const text = decoded(shown, value, hits);
      const own = hits(text.shown);
      const isSame = clean(text.shown) === text.before;
      if (isSame && own.length > 0) {
        tell(path, { hits: own });
        continue;
      }
      if (!isSame) untold.push(text.before);
    } else if (isScalar(value)) untold.push(String(value));
    const hit = shown === undefined ? undefined : lineHit(lines[(other.lineOf(path) ?? 0) - 1] ?? '');
    if (hit !== undefined) tell(path, { hits: [{ leaf: hit.leaf, whole: true, at: 0 }], line: hit.line });
  }
  return untold;
}

/** A Secret shows values as base64. */
function decoded(
  shown: JsonValue,
  before: JsonValue,
  hits: (text: string) => readonly Hit[],
): { readonly shown: string; readonly before: string } {
  const texts = { shown: String(shown), before: String(before) };
  if (hits(texts.shown).length > 0 || texts.shown === texts.before || !/^[A-Za-z0-9+/]+=*$/.test(texts.shown)) return texts;
  const plain = Buffer.from(texts.shown, 'base64').toString('utf8');
  return hits(plain).length === 0 ? texts : { shown: plain, before: Buffer.from(texts.before, 'base64').toString('utf8') };
}
