import type { FieldPath } from '../model/field-path.ts';

/** The best line of a template for a field. */
export interface TemplateLine {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** How many steps of the path were found as they are written. */
  readonly found: number;
}

/** One document of a template file, as text: which lines it spans. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Templates are not YAML: keys are looked for by their name and indentation, from the resource's own start down. */
export function findTemplateLine(lines: readonly string[], kind: string, path: FieldPath): TemplateLine {
  const span = documentOf(lines, kind);
  const start = lines.findIndex((line, index) => index >= span.start && /^[A-Za-z"']/.test(line));
  let at = { index: start === -1 ? span.start : start, indent: -1 };
  let scope: Span = span;
  let found = 0;
  for (const step of path) {
    const next = typeof step === 'number' ? itemLine(lines, scope, step) : keyLine(lines, scope, step);
    if (next === undefined) break;
    at = next;
    // A list item's first key is on the item's own line; a key's children are below it, deeper.
    scope = { start: typeof step === 'number' ? next.index : next.index + 1, end: blockEnd(lines, next, scope.end) };
    found += 1;
  }
  return { line: at.index + 1, column: Math.max(0, at.indent) + 1, found };
}

function documentOf(lines: readonly string[], kind: string): Span {
  const cuts = [-1, ...lines.flatMap((line, index) => (/^---(?:\s|$)/.test(line) ? [index] : [])), lines.length];
  const spans = cuts.slice(1).map((end, index) => ({ start: (cuts[index] ?? -1) + 1, end }));
  const isKind = (line: string) => /^kind:\s*["']?([\w.]+)/.exec(line)?.[1] === kind;
  return spans.find((span) => lines.slice(span.start, span.end).some(isKind)) ?? { start: 0, end: lines.length };
}

interface Mark {
  readonly index: number;
  readonly indent: number;
}

/** The key nearest to the margin: a deeper one of the same name belongs to somebody else. */
function keyLine(lines: readonly string[], scope: Span, key: string): Mark | undefined {
  let best: Mark | undefined;
  const margin = marginOf(lines, scope);
  for (let index = scope.start; index < scope.end; index += 1) {
    const match = /^(\s*(?:-\s+)*)(?:"([^"]+)"|'([^']+)'|([^\s:#{}"'[\]]+))\s*:(?:\s|$)/.exec(lines[index] ?? '');
    if (match === null || (match[2] ?? match[3] ?? match[4]) !== key) continue;
    const indent = (match[1] ?? '').length;
    if (indent === margin && best === undefined) best = { index, indent };
  }
  return best;
}

function itemLine(lines: readonly string[], scope: Span, position: number): Mark | undefined {
  const marks: Mark[] = [];
  for (let index = scope.start; index < scope.end; index += 1) {
    const indent = /^(\s*)-(?:\s|$)/.exec(lines[index] ?? '')?.[1]?.length;
    if (indent !== undefined && (marks[0] === undefined || indent === marks[0].indent)) marks.push({ index, indent });
  }
  // One item in a loop stands for all that the loop makes.
  return marks[position] ?? (marks.length === 1 ? marks[0] : undefined);
}

function marginOf(lines: readonly string[], scope: Span): number {
  for (let index = scope.start; index < scope.end; index += 1) {
    const line = lines[index] ?? '';
    if (isContent(line)) return /^\s*(?:-\s+)*/.exec(line)?.[0].length ?? 0;
  }
  return 0;
}

/** The first line that is not deeper than the mark. */
function blockEnd(lines: readonly string[], mark: Mark, limit: number): number {
  const isList =
    /^\s*-(?:\s|$)/.test(lines[mark.index] ?? '') && mark.indent === /^\s*/.exec(lines[mark.index] ?? '')?.[0].length;
  for (let index = mark.index + 1; index < limit; index += 1) {
    const line = lines[index] ?? '';
    if (!isContent(line)) continue;
    const indent = /^\s*/.exec(line)?.[0].length ?? 0;
    // A list may have its key's own indentation.
    const isOwnItem = !isList && indent === mark.indent && /^\s*-\s/.test(line);
    if (indent <= mark.indent && !isOwnItem) return index;
  }
  return limit;
}

function isContent(line: string): boolean {
  return line.trim() !== '' && !/^\s*(?:#|\{\{)/.test(line);
}
