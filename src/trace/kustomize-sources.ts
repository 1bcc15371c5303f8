import type { FieldPath } from '../model/field-path.ts';
import { addTo, groupBy } from '../model/group.ts';
import { isArray, isObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { documentsOf, isNode, type KustomizeNode, type NamedFile } from '../render/kustomize-tree.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { fieldsOf, pathKey } from './fields.ts';

/** A text of a kustomization that is read as YAML: a file, or a patch that is written in place. */
export interface Source {
  readonly file: NamedFile;
  readonly documents: readonly YamlDocument[];
  readonly role: 'resource' | 'patch' | 'kustomization';
  /** Where a patch is written in place. */
  readonly within?: { readonly source: Source; readonly document: number; readonly path: FieldPath };
}

/** A file that goes whole, or line by line, into a ConfigMap or Secret. */
export interface RawSource {
  readonly file: NamedFile;
  readonly role: 'lines' | 'content';
  /** The entry that names it. */
  readonly place: SourceLocation;
}

/** All sources, in the order in which kustomize applies them: of two that write a field, the later one decides. */
export function sourcesOf(root: KustomizeNode): readonly (Source | RawSource)[] {
  const sources: (Source | RawSource)[] = [];
  const seen = new Set<string>();
  const read = (file: NamedFile, role: Source['role']): void => {
    if (seen.has(file.file)) return;
    seen.add(file.file);
    const source: Source = { file, documents: documentsOf(file), role };
    sources.push(source, ...(role === 'patch' ? writtenInPlace(source) : []));
  };
  const visit = (node: KustomizeNode): void => {
    if (seen.has(node.file)) return;
    seen.add(node.file);
    for (const part of [...node.parts, ...node.components])
      if (isNode(part)) visit(part);
      else read(part, 'resource');
    const own: Source = { file: node, documents: [node.document], role: 'kustomization' };
    sources.push(...rawSources(node), ...writtenInPlace(own));
    for (const file of node.files.values()) if (!seen.has(file.file) && !isRaw(file, node)) read(file, 'patch');
    sources.push(own);
  };
  visit(root);
  return sources;
}

/** Patches that are written below `patch`, or as an item of patchesStrategicMerge, in a kustomization or a transformer. */
function writtenInPlace(source: Source): readonly Source[] {
  return source.documents.flatMap((outer, document) =>
    fieldsOf(outer.value).flatMap(({ path, value }): readonly Source[] => {
      if (typeof value !== 'string' || !(path.at(-1) === 'patch' || path.at(-2) === 'patchesStrategicMerge')) return [];
      const documents = documentsOf({ file: source.file.file, text: value });
      if (documents.every((inner) => !isObject(inner.value) && !isArray(inner.value))) return [];
      const inPlace = placeIn(outer.locate(path), value, source.file.text);
      const located = documents.map((inner) => ({ ...inner, locate: (at: FieldPath) => inPlace(inner.locate(at)) }));
      return [{ file: source.file, documents: located, role: 'patch', within: { source, document, path } }];
    }),
  );
}

/** A patch in a block is below its `|`, line by line; of text that is folded or quoted only the key is known. */
function placeIn(start: SourceLocation, value: string, text: string): (place: SourceLocation) => SourceLocation {
  const head = text.split('\n')[start.line - 1] ?? '';
  const isBlock = /(?:^|[\s:-])\|[-+0-9]*\s*(?:#.*)?$/.test(head);
  return ({ line, precision }) => {
    if (isBlock) return { file: start.file, line: start.line + line, precision };
    return value.trim().includes('\n') ? { ...start, precision: 'parent' } : { ...start, precision };
  };
}

function rawSources(node: KustomizeNode): readonly RawSource[] {
  return (['configMapGenerator', 'secretGenerator'] as const).flatMap((key) =>
    (node.data[key] ?? []).flatMap((generator, index): readonly RawSource[] => {
      const of = (role: RawSource['role'], list: string, texts: readonly string[]): readonly RawSource[] =>
        texts.flatMap((text, position) => {
          const file = node.files.get(role === 'lines' ? text : text.slice(text.indexOf('=') + 1));
          return file === undefined ? [] : [{ file, role, place: node.document.locate([key, index, list, position]) }];
        });
      const env = generator.env ? [generator.env] : [];
      return [...of('content', 'files', generator.files ?? []), ...of('lines', 'envs', generator.envs ?? env)];
    }),
  );
}

function isRaw(file: NamedFile, node: KustomizeNode): boolean {
  return rawSources(node).some((raw) => raw.file === file);
}

/** Another value for a field of a source; undefined removes it. */
export interface Edit {
  readonly source: Source | RawSource;
  readonly document: number;
  readonly path: FieldPath;
  readonly value: JsonValue | undefined;
}

/** The files that edits change: path -> text. YAML is written as JSON, which kustomize reads in the same way. */
export function editedFiles(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const bySource = groupBy(edits, ({ source }) => source);
  const inPlace = [...bySource].flatMap(([source, own]): readonly Edit[] =>
    'within' in source && source.within !== undefined ? [{ ...source.within, value: textOf(source, own) }] : [],
  );
  for (const edit of inPlace) addTo(bySource, edit.source, edit);
  for (const [source, own] of bySource) {
    if (!('documents' in source)) files.set(source.file.file, rawText(source, own));
    else if (source.within === undefined) files.set(source.file.file, textOf(source, own));
  }
  return files;
}

function textOf({ documents }: Source, edits: readonly Edit[]): string {
  const texts = documents.flatMap(({ value }, index) => {
    const own = new Map(edits.filter(({ document }) => document === index).map((edit) => [pathKey(edit.path), edit.value]));
    const other = edited(value, [], own);
    return other === undefined ? [] : [stringifyJson(other)];
  });
  return texts.join('\n---\n');
}

function edited(value: JsonValue, at: FieldPath, edits: ReadonlyMap<string, JsonValue | undefined>): JsonValue | undefined {
  const key = pathKey(at);
  if (edits.has(key)) return edits.get(key);
  if (isArray(value)) {
    return value.flatMap((item, index) => {
      const inner = edited(item, [...at, index], edits);
      return inner === undefined ? [] : [inner];
    });
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const inner = edited(item, [...at, name], edits);
    return inner === undefined ? [] : [[name, inner] as const];
  });
  return Object.fromEntries(entries);
}

function rawText({ file, role }: RawSource, edits: readonly Edit[]): string {
  const values = new Map(edits.map(({ path: [line = 0], value }) => [line, String(value)]));
  if (role === 'content') return values.get(0) ?? file.text;
  return file.text
    .split('\n')
    .map((line, index) => values.get(index) ?? line)
    .join('\n');
}
