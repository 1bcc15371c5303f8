import { emitsLines, isSilent, lexTemplate, type Segment, startsNewLine } from '../render/template-lexer.ts';

/** Stands for what an action puts out. */
const output = '\uFFFC';

/** One line of a template as it is written: text may go on in an action over several lines. */
interface Line {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Offset of its line break, or of the end of the text. */
  readonly end: number;
  readonly segments: readonly Segment[];
  /** Its text; what puts something out is `output`, what puts out nothing is left out. */
  readonly shape: string;
  readonly inDefine: boolean;
}

export interface Marker {
  /** ` #…` behind all that a line of the template puts out. */
  readonly end: (line: number) => string;
  /** ` #…` behind a key whose value follows on the next lines. */
  readonly start: (line: number) => string;
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The template with a comment behind each line where a comment changes nothing, as far as its text tells; rendering shows whether it did. */
export function markLines(text: string, marker: Marker): string {
  const segments = lexTemplate(text);
  const insertions: Insertion[] = [];
  for (const line of linesOf(text, segments)) {
    if (!isMarkable(line)) continue;
    const outputs = line.segments.filter((segment) => segment.kind === 'action' && !isSilent(segment));
    const first = outputs[0];
    if (first !== undefined && startsNewLine(first)) {
      const before = text.slice(line.start, first.start).trimEnd();
      if (/[\w"'}]:$/.test(before)) insertions.push({ at: line.start + before.length, text: marker.start(line.number) });
    }
    if (isSafeEnd(text, segments, line)) insertions.push({ at: contentEnd(text, line), text: marker.end(line.number) });
  }
  return insert(text, insertions);
}

/** The template with a word before each scalar behind its key or dash: it stays with the scalar if YAML is read and written again. */
export function markScalars(text: string, word: (line: number) => string): string {
  const insertions: Insertion[] = [];
  for (const line of linesOf(text, lexTemplate(text))) {
    const raw = text.slice(line.start, line.end);
    const key = /^\s*(?:- +)*(?:[\w./-]+|"[\w./-]+"): +(?=\S)|^\s*(?:- +)+(?=["'\w{])/.exec(raw);
    if (key === null || /^(?:apiVersion|kind):/.test(raw)) continue;
    const value = raw.slice(key[0].length);
    const isKeyed = /^[\w./-]+:(?:\s|$)/.test(value);
    if (isKeyed || /^(?:[|>[&*!#]|\{(?!\{))/.test(value) || /\b(?:n?indent|toYaml|quote|squote|toJson|toRawJson)\b/.test(value))
      continue;
    const inside = /^["']/.test(value) ? 1 : 0;
    if (line.segments.some((segment) => segment.kind === 'action' && (isSilent(segment) || segment.trimsBefore))) continue;
    insertions.push({ at: line.start + key[0].length + inside, text: word(line.number) });
  }
  return insert(text, insertions);
}

/** Lines that may put out more than one line. */
export function linesThatEmit(text: string): ReadonlySet<number> {
  return new Set(linesOf(text, lexTemplate(text)).flatMap((line) => (line.segments.some(emitsLines) ? [line.number] : [])));
}

function linesOf(text: string, segments: readonly Segment[]): readonly Line[] {
  const lines: Line[] = [];
  let defines = 0;
  let depth = 0;
  let number = 1;
  let open = { number: 1, start: 0, segments: [] as Segment[], shape: '' };
  const close = (end: number): void => {
    lines.push({ ...open, end, inDefine: defines > 0 });
    open = { number, start: end + 1, segments: [], shape: '' };
  };
  for (const segment of segments) {
    const content = text.slice(segment.start, segment.end);
    if (segment.kind === 'text') {
      let offset = segment.start;
      for (const [index, part] of content.split('\n').entries()) {
        if (index > 0) {
          number += 1;
          close(offset - 1);
        }
        offset += part.length + 1;
        open.shape += part;
        if (part !== '') open.segments.push(segment);
      }
      continue;
    }
    const opens = /^(?:if|with|range|define|block)\b/.test(segment.code);
    if (opens) depth += 1;
    if (/^define\b/.test(segment.code)) defines = depth;
    if (/^end\b/.test(segment.code)) {
      if (defines === depth) defines = 0;
      depth -= 1;
    }
    if (!isSilent(segment)) open.shape += output;
    open.segments.push(segment);
    number += content.split('\n').length - 1;
  }
  close(text.length);
  return lines;
}

function isMarkable({ shape, segments, inDefine }: Line): boolean {
  const bare = shape.trim();
  if (bare === '' || bare.startsWith('#') || bare.startsWith('---')) return false;
  if (/^(?:- +)*(?:[^\s:#{}[\]"']+|"[^"]+"|'[^']+'):(?:\s|$)/.test(bare)) return true;
  if (segments.some((segment) => /\bn?indent\b|\btoYaml\b/.test(segment.code)) && bare.replace(/^- +/, '') === output)
    return true;
  // A helper's line without a key may be part of a word.
  if (/^- +\S/.test(bare)) return true;
  return !inDefine && (bare !== output || segments.some(emitsLines));
}

/** Is the line's break kept, or does what follows bring its own? */
function isSafeEnd(text: string, segments: readonly Segment[], line: Line): boolean {
  const last = line.segments.at(-1);
  if (last?.kind === 'action' && last.trimsAfter) return false;
  let trimmed = false;
  for (let index = firstBehind(segments, line.end); index < segments.length; index += 1) {
    const segment = segments[index];
    if (segment === undefined) break;
    if (segment.kind === 'text') {
      const rest = text.slice(Math.max(segment.start, line.end), segment.end);
      const isBlank = rest.trim() === '';
      if (isBlank && (trimmed || segments[index + 1]?.trimsBefore === true)) continue;
      return !trimmed && /^[ \t]*\r?\n/.test(rest);
    }
    if (!isSilent(segment)) return startsNewLine(segment);
    if (/^define\b/.test(segment.code)) return true;
    trimmed = segment.trimsAfter;
  }
  return true;
}

/** Segments are in order: the first that ends behind an offset. */
function firstBehind(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function contentEnd(text: string, line: Line): number {
  return line.start + text.slice(line.start, line.end).trimEnd().length;
}

function insert(text: string, insertions: readonly Insertion[]): string {
  let result = '';
  let at = 0;
  for (const insertion of insertions) {
    result += text.slice(at, insertion.at) + insertion.text;
    at = insertion.at;
  }
  return result + text.slice(at);
}
