import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject } from '../model/json.ts';
import { fieldsOf, isScalar, pathKey } from './fields.ts';
import { type OutputDocument, readOutput } from './helm-output.ts';
import { linesThatEmit, markLines, markScalars } from './template-marks.ts';

/** A line of a template of the repository. */
export interface TemplatePlace {
  /** Relative to the workspace. */
  readonly file: string;
  readonly line: number;
}

/** The line that a field of a document of the first rendering was written by; undefined if no mark shows it. */
export type LinesTrace = (document: OutputDocument, field: FieldPath) => TemplatePlace | undefined;

/** The templates of a chart with marks in them, and how to read the marks. */
export interface MarkedTemplates {
  /** Template file, as in `templates` -> its text with marks. */
  readonly files: ReadonlyMap<string, string>;
  trace(rendered: string, sources: ReadonlySet<string>): LinesTrace;
}

type Templates = ReadonlyMap<string, readonly string[]>;

/** With a comment behind each line. */
export function withComments(templates: Templates, word: string): MarkedTemplates {
  const names = [...templates.keys()];
  const emitting = new Map([...templates].map(([file, lines]) => [file, linesThatEmit(lines.join('\n'))]));
  const mark = new RegExp(` #@@${word}(\\d+)\\.(\\d+)(s?)`, 'g');
  const marksOf = (line: string | undefined): readonly Mark[] =>
    [...(line ?? '').matchAll(mark)].map((match) => {
      const file = names[Number(match[1])] ?? '';
      const number = Number(match[2]);
      return { file, line: number, emits: match[3] !== 's' && emitting.get(file)?.has(number) === true };
    });
  return {
    files: new Map(
      [...templates].map(([file, lines], index) => [
        file,
        markLines(lines.join('\n'), {
          end: (line) => ` #@@${word}${index}.${line}`,
          start: (line) => ` #@@${word}${index}.${line}s`,
        }),
      ]),
    ),
    trace(rendered, sources) {
      const { lines, documents } = readOutput(rendered, (text) => text.replaceAll(mark, ''), sources);
      const others = new Map(documents.map((document) => [document.key, document]));
      return (document, path) => {
        const other = others.get(document.key);
        const value = valueAt(document.value, path);
        if (other === undefined || value === undefined || !isSameKind(value, valueAt(other.value, path))) return undefined;
        const line = other.lineOf(path);
        return line === undefined ? undefined : placeOf(line, path, other, lines, marksOf, templates);
      };
    },
  };
}

interface Mark extends TemplatePlace {
  /** It is behind what may be several lines of output. */
  readonly emits: boolean;
}

/**
 * The mark on the line itself; of several, that of the innermost template comes first. A line without one is either a part of what the next
 * mark's line writes, or is between the marks around it.
 */
function placeOf(
  line: number,
  path: FieldPath,
  document: OutputDocument,
  lines: readonly string[],
  marksOf: (line: string | undefined) => readonly Mark[],
  templates: Templates,
): TemplatePlace | undefined {
  const own = marksOf(lines[line - 1])[0];
  const before = seek(line, -1, document, lines, marksOf)?.at(-1);
  if (own !== undefined) {
    // A value behind a condition may be on another line than its key.
    const key = before?.file === own.file ? onlyLine(own.file, path, before.line, own.line, templates) : undefined;
    if (key !== undefined && !writesKey(own, path, templates)) return key;
    return writes(own, path, templates) ? own : undefined;
  }
  const after = seek(line, 1, document, lines, marksOf)?.[0];
  if (before !== undefined) {
    const end = after !== undefined && after.file === before.file && after.line > before.line ? after.line : before.line + 12;
    const key = onlyLine(before.file, path, before.line, end, templates);
    if (key !== undefined) return key;
  }
  return after?.emits === true ? after : undefined;
}

function seek(
  line: number,
  step: 1 | -1,
  { start, end }: OutputDocument,
  lines: readonly string[],
  marksOf: (line: string | undefined) => readonly Mark[],
): readonly Mark[] | undefined {
  for (let at = line + step; at >= start && at <= end; at += step) {
    const marks = marksOf(lines[at - 1]);
    if (marks.length > 0) return marks;
  }
  return undefined;
}

/** The one line between two others that has a field's key. */
function onlyLine(file: string, path: FieldPath, from: number, to: number, templates: Templates): TemplatePlace | undefined {
  const step = path.findLast((one) => typeof one === 'string');
  if (step === undefined) return undefined;
  const key = keyPattern(step);
  const between = (templates.get(file) ?? []).slice(from, to - 1);
  const hits = between.flatMap((text, index) => (key.test(text) ? [from + index + 1] : []));
  const [line] = hits;
  return line !== undefined && hits.length === 1 ? { file, line } : undefined;
}

function writesKey({ file, line }: TemplatePlace, path: FieldPath, templates: Templates): boolean {
  const step = path.at(-1);
  return typeof step !== 'string' || keyPattern(step).test(templates.get(file)?.[line - 1] ?? '');
}

/** A mark counts only where its line can have written the field: by the key, or by an action. */
function writes({ file, line }: TemplatePlace, path: FieldPath, templates: Templates): boolean {
  const text = templates.get(file)?.[line - 1] ?? '';
  const step = path.at(-1);
  return typeof step !== 'string' || text.includes(step) || text.includes('{{') || text.includes('}}');
}

export function keyPattern(step: string | number): RegExp {
  const name = String(step).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|[\\s{,"'-])${name}["']?\\s*:(?:\\s|$)`);
}

/** With a word before each scalar, for templates that are read, merged and written again: they lose comments. */
export function withWords(templates: Templates, word: string): MarkedTemplates {
  const places: TemplatePlace[] = [];
  const token = new RegExp(`q${word}(\\d+)z`, 'g');
  const files = new Map(
    [...templates].map(([file, lines]) => [
      file,
      markScalars(lines.join('\n'), (line) => `q${word}${places.push({ file, line }) - 1}z`),
    ]),
  );
  return {
    files,
    trace(rendered, sources) {
      const clean = (text: string): string => text.replaceAll(token, '');
      const { documents } = readOutput(rendered, clean, sources);
      const others = new Map(documents.map((document) => [document.key, document]));
      const read = (document: OutputDocument): ReadonlyMap<string, TemplatePlace> => {
        const found = new Map<string, TemplatePlace>();
        const other = others.get(document.key);
        if (other === undefined) return found;
        for (const { path, value } of fieldsOf(document.value)) {
          const shown = valueAt(other.value, path);
          if (typeof shown !== 'string' || !isScalar(value)) continue;
          const place = places[Number(new RegExp(`^["']?q${word}(\\d+)z`).exec(shown)?.[1])];
          if (place === undefined || bare(clean(shown)) !== bare(String(value ?? ''))) continue;
          found.set(pathKey(path), place);
          addParents(path, place, templates, found);
        }
        return found;
      };
      const known = new Map<OutputDocument, ReadonlyMap<string, TemplatePlace>>();
      return (document, path) => {
        const found = known.get(document) ?? read(document);
        known.set(document, found);
        return found.get(pathKey(path));
      };
    },
  };
}

/** From a scalar's line upwards: a parent's key is above it, less deep, in the same file. */
function addParents(path: FieldPath, place: TemplatePlace, templates: Templates, found: Map<string, TemplatePlace>): void {
  const lines = templates.get(place.file) ?? [];
  let at = place.line;
  let depth = indentOf(lines[at - 1] ?? '');
  for (let length = path.length - 1; length > 0; length -= 1) {
    const parent = path.slice(0, length);
    const step = path[length - 1];
    if (step === undefined || found.has(pathKey(parent))) return;
    if (typeof step === 'number') {
      while (at > 0 && !/^\s*- /.test(lines[at - 1] ?? '')) at -= 1;
    } else {
      at -= 1;
      while (at > 0 && !(indentOf(lines[at - 1] ?? '') <= depth && keyPattern(step).test(lines[at - 1] ?? ''))) at -= 1;
    }
    if (at === 0) return;
    depth = indentOf(lines[at - 1] ?? '');
    found.set(pathKey(parent), { file: place.file, line: at });
  }
}

function indentOf(line: string): number {
  return /^\s*(?:- +)*/.exec(line)?.[0].length ?? 0;
}

function bare(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

function isSameKind(one: Parameters<typeof isScalar>[0], other: Parameters<typeof isScalar>[0]): boolean {
  if (isArray(one)) return isArray(other) && one.length === other.length;
  return isObject(one) ? isObject(other) : isScalar(one) && isScalar(other);
}
