import { attempt } from '../model/attempt.ts';
import type { FieldPath } from '../model/field-path.ts';
import { isObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';

/** One document of Helm's output that can be read. */
export interface OutputDocument {
  /** The same in another rendering of the same release. */
  readonly key: string;
  /** The template, as Helm names it. */
  readonly source: string;
  readonly value: JsonValue;
  /** The first and the last of its lines in the output, from 1. */
  readonly start: number;
  readonly end: number;
  /** The line of the output with a field's key or item; undefined if there is no such field. */
  lineOf(path: FieldPath): number | undefined;
}

export interface Output {
  readonly lines: readonly string[];
  readonly documents: readonly OutputDocument[];
}

/** Fields of longer documents (definitions of custom resources, dashboards) keep the best guess: they would take too long to read. */
const maxDocumentLength = 64 * 1024;

/**
 * Reads each document separately: in a rendering with markers, one may be broken.
 * @param clean Removes the markers.
 * @param sources Templates whose documents are read.
 */
export function readOutput(text: string, clean: (text: string) => string, sources: ReadonlySet<string>): Output {
  const lines = text.split('\n');
  const cuts = lines.flatMap((line, index) => (/^---(?:\s|$)/.test(line) ? [index] : []));
  const documents: OutputDocument[] = [];
  const seen = new Map<string, number>();
  let source = '';
  for (const [position, cut] of cuts.entries()) {
    const end = cuts[position + 1] ?? lines.length;
    const body = lines.slice(cut + 1, end);
    source = sourceIn(body[0]) ?? source;
    const content = body.join('\n');
    if (content.length > maxDocumentLength || !sources.has(source)) continue;
    const document = attempt(() => parseYaml({ file: '', text: content })[0]);
    if (document === undefined) continue;
    const name = `${source} ${identityOf(document.value, clean)}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    documents.push({
      key: `${name} ${count}`,
      source,
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

/** The template of the document that has a line (from 1) of the output. */
export function sourceAt(lines: readonly string[], line: number): string {
  for (let at = line - 1; at > 0; at -= 1) {
    const source = /^---(?:\s|$)/.test(lines[at - 1] ?? '') ? sourceIn(lines[at]) : undefined;
    if (source !== undefined) return source;
  }
  return '';
}

function sourceIn(line = ''): string | undefined {
  return /^# Source: (.+)$/.exec(line)?.[1]?.trim();
}

function identityOf(value: JsonValue, clean: (text: string) => string): string {
  const { apiVersion, kind, metadata } = isObject(value) ? value : {};
  const { name, namespace } = isObject(metadata) ? metadata : {};
  return clean([apiVersion, kind, namespace, name].map((part) => (typeof part === 'string' ? part : '')).join(' '));
}
