import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { identifying } from '../render/kustomize-match.ts';
import { fieldsOf } from './fields.ts';
import type { RawSource, Source } from './kustomize-sources.ts';
import { canMark, type Leaf } from './sentinels.ts';

/** A scalar of a kustomization's sources that fields may get. */
export interface KustomizeLeaf extends Leaf {
  readonly source: Source | RawSource;
  readonly document: number;
  readonly path: FieldPath;
  /** Of two leaves in one field, the one with the higher rank is applied last. */
  readonly rank: number;
  /** Asked for few of many leaves. */
  readonly place: () => SourceLocation;
  /** What is written around the value. */
  readonly around?: readonly [before: string, after: string];
  /** Also tells what belongs together, so that with another value other patches or items may be met. */
  readonly identifies: boolean;
}

/** Entries of a kustomization that fields get, in the order in which kustomize applies them. */
const entries: readonly RegExp[] = [
  /^generatorOptions\/(?:labels|annotations)\//,
  /^(?:configMap|secret)Generator\/\d+\/(?:type|options\/(?:labels|annotations)\/.*|literals\/\d+)$/,
  /^namespace$/,
  /^namePrefix$/,
  /^nameSuffix$/,
  /^labels\/\d+\/pairs\//,
  /^common(?:Labels|Annotations)\//,
  /^replicas\/\d+\/count$/,
  /^images\/\d+\/newName$/,
  /^images\/\d+\/(?:newTag|digest|tagSuffix)$/,
];

/** @param kinds Of the resources whose fields are traced. */
export function leavesOf(sources: readonly (Source | RawSource)[], kinds: ReadonlySet<string>): readonly KustomizeLeaf[] {
  const isAnyCopied = isCopied(sources);
  return sources.flatMap((source, index) => {
    const rank = index * entries.length;
    if (!('documents' in source)) return rawLeaves(source, rank);
    return source.documents.flatMap(({ value: root, locate }, document) => {
      if (source.role === 'resource' && !isAnyCopied && !isNeeded(root, kinds)) return [];
      return fieldsOf(root).flatMap(({ path, value }): readonly KustomizeLeaf[] => {
        if (!canMark(value)) return [];
        const leaf = { source, document, path, value, place: () => locate(path) };
        if (source.role !== 'kustomization')
          return isContent(path, root) ? [{ ...leaf, rank, identifies: isIdentifying(path) }] : [];
        const entry = entries.findIndex((pattern) => pattern.test(path.join('/')));
        if (entry === -1) return [];
        const named = { ...leaf, rank: rank + entry, identifies: path.length === 1 };
        const literal = path[2] === 'literals' ? keyedValue(String(value)) : undefined;
        return [literal === undefined ? named : { ...named, ...literal }];
      });
    });
  });
}

/** A definition has more fields than all others of a repository together, and no other resource shows anything of it unless it is copied. */
export function isNeeded(value: JsonValue, kinds: ReadonlySet<string>): boolean {
  return kinds.has(definition) || valueAt(value, ['kind']) !== definition;
}

export function isCopied(sources: readonly (Source | RawSource)[]): boolean {
  return sources.some((source) => source.role !== 'resource' && copies.test(source.file.text));
}

const definition = 'CustomResourceDefinition';
const copies = /\b(?:replacements|vars|ReplacementTransformer)\b/;

/** Not what identifies the object, or what an operation does. */
function isContent(path: FieldPath, root: JsonValue): boolean {
  const last = String(path.at(-1));
  if (Array.isArray(root)) return path[1] === 'value';
  return last !== 'apiVersion' && last !== 'kind' && !last.startsWith('$') && path[0] !== 'target';
}

function isIdentifying(path: FieldPath): boolean {
  const name = String(path.findLast((step) => typeof step === 'string'));
  return identifying.has(name) || path.some((step) => step === 'metadata' || step === 'matchLabels' || step === 'selector');
}

/** `key=value`, of a literal or a line of a file. Kustomize takes quotes around the value away. */
function keyedValue(text: string): Pick<KustomizeLeaf, 'value' | 'around'> | undefined {
  const [, before, quote = '', value] = /^([^=]+=)(["']?)(.+)\2$/s.exec(text) ?? [];
  return before === undefined || value === undefined ? undefined : { value, around: [before + quote, quote] };
}

function rawLeaves(source: RawSource, rank: number): readonly KustomizeLeaf[] {
  const { file, role, place } = source;
  const leaf = { source, document: 0, rank, identifies: false };
  if (role === 'content') return file.text === '' ? [] : [{ ...leaf, path: [0], place: () => place, value: file.text }];
  return file.text.split('\n').flatMap((text, line) => {
    const keyed = text.trimStart().startsWith('#') ? undefined : keyedValue(text);
    const at: SourceLocation = { file: file.file, line: line + 1, precision: 'field' };
    return keyed === undefined ? [] : [{ ...leaf, path: [line], place: () => at, ...keyed }];
  });
}

/** The text or value to write for a leaf. */
export function written({ around }: KustomizeLeaf, value: JsonValue): JsonValue {
  return around === undefined ? value : `${around[0]}${String(value)}${around[1]}`;
}
