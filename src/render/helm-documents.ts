import type { FieldPath } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';

/** One document of Helm's output that can be read. */
export interface OutputDocument {
  /** Names the same document in another rendering of the same release. */
  readonly key: string;
  readonly value: JsonValue;
  /** The first and the last of its lines in the output, from 1. */
  readonly start: number;
  readonly end: number;
  /** The line of the output with a field's key or item; undefined where there is no such field. */
  lineOf(path: FieldPath): number | undefined;
}

export interface Output {
  readonly lines: readonly string[];
  readonly documents: readonly OutputDocument[];
}

/** Definitions of custom resources and dashboards may be longer: they keep their template's best line, and cost no time. */
const maxDocumentLength = 64 * 1024;

/** Reads each document by itself: in a rendering that was changed on purpose, one may be broken. `clean` takes out what was put in. */
export function readOutput(text: string, clean: (text: string) => string): Output {
  const lines = text.split('\n');
  const cuts = lines.flatMap((line, index) => (/^---(?:\s|$)/.test(line) ? [index] : []));
  const documents: OutputDocument[] = [];
  const seen = new Map<string, number>();
  let source = '';
  for (const [position, cut] of cuts.entries()) {
    const end = cuts[position + 1] ?? lines.length;
    const body = lines.slice(cut + 1, end);
    source = /^# Source: (.+)$/.exec(body[0] ?? '')?.[1]?.trim() ?? source;
    const content = body.join('\n');
    if (content.length > maxDocumentLength) continue;
    const document = readOne(content);
    if (document === undefined) continue;
    const name = `${source} ${identityOf(document.value, clean)}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    documents.push({
      key: `${name} ${count}`,
      value: document.value,
      start: cut + 1,
      end,
      lineOf(path) {
        const place = document.locate(path);
        return place.precision === 'field' ? place.line + cut + 1 : undefined;
      },
    });
  }
  return { lines, documents };
}

function readOne(text: string): YamlDocument | undefined {
  try {
    return parseYaml({ file: '', text })[0];
  } catch {
    return undefined;
  }
}

function identityOf(value: JsonValue, clean: (text: string) => string): string {
  const { apiVersion, kind, metadata } = isObject(value) ? value : {};
  const { name, namespace } = isObject(metadata) ? metadata : {};
  return clean([apiVersion, kind, namespace, name].map((part) => (typeof part === 'string' ? part : '')).join(' '));
}

export interface Field {
  readonly path: FieldPath;
  readonly value: JsonValue;
}

/** Every field of a document, each before those below it. */
export function fieldsOf(value: JsonValue, path: FieldPath = []): readonly Field[] {
  const below = isArray(value)
    ? value.flatMap((item, index) => fieldsOf(item, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => fieldsOf(item, [...path, key]))
      : [];
  return [{ path, value }, ...below];
}

export function isScalar(value: JsonValue | undefined): value is null | boolean | number | bigint | string {
  return value !== undefined && (typeof value !== 'object' || value === null);
}

/** Names a path, to look it up. */
export function pathKey(path: FieldPath): string {
  return JSON.stringify(path);
}
