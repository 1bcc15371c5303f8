import { editText } from '../../edits/edit.ts';
import { readSource, type Source } from '../../edits/source.ts';
import { equal, type Operation, valueIn } from '../../edits/value.ts';
import { isArray, isObject, type JsonValue } from '../../model/json.ts';
import { ruleOf } from '../../reports/view.ts';
import type { Edit } from './edit.ts';

/** Who wrote a value: `file`, document and path of a field -> rule and value. Kept over all rounds. */
export type Written = Map<string, { readonly rule: string; readonly value: JsonValue }>;

export interface Applied {
  /** What the file contains now. */
  readonly text: string;
  readonly done: readonly Edit[];
  /** Edits that are not applied, each with the rule whose suggestion sets the same field to another value; undefined: not in this round. */
  readonly left: readonly { readonly edit: Edit; readonly conflict?: string }[];
}

/** Applies the edits of one file, in their order. Those that do not fit any more once others are applied are tried again after the next judgement. */
export function applyEdits(before: string, edits: readonly Edit[], written: Written): Applied {
  const done: Edit[] = [];
  const left: { edit: Edit; conflict?: string }[] = [];
  let text = withoutCarriageReturns(before);
  const lines = edits.flatMap((edit) => (edit.change.kind === 'line' ? [{ edit, change: edit.change }] : []));
  // From the end, so that the lines above keep their numbers.
  const taken = new Set<number>();
  for (const { edit, change } of lines.toSorted((a, b) => b.change.line - a.change.line)) {
    const all = text.split('\n');
    if (taken.has(change.line) || all[change.line - 1] !== change.old) left.push({ edit });
    else {
      taken.add(change.line);
      text = all.toSpliced(change.line - 1, 1, ...change.lines).join('\n');
      done.push(edit);
    }
  }
  for (const edit of edits) {
    const { change } = edit;
    if (change.kind === 'line') continue;
    const source = readSource(text);
    const [finding] = edit.findings;
    const rule = finding === undefined ? '' : ruleOf(finding.finding);
    const conflict = conflictOf(edit, written);
    const operations = source === undefined ? undefined : rebased(change.operations, source, change.document);
    if (conflict !== undefined && conflict !== rule) left.push({ edit, conflict });
    else if (source === undefined || operations === undefined) left.push({ edit });
    else if (operations.length === 0) done.push(edit);
    else {
      const next = editText(source, change.document, operations, 'end') ?? editText(source, change.document, operations, 'start');
      if (next === undefined) left.push({ edit });
      else {
        text = next;
        done.push(edit);
        for (const [path, value] of change.operations.flatMap(leaves))
          written.set(keyIn(edit.file, change.document, path), { rule, value });
      }
    }
  }
  return { text: before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text, done, left };
}

/** Lines that end in CR LF get it back. */
export function withoutCarriageReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Additions to a map that another edit has added by now: only the keys that it lacks. Undefined if a key has another value. */
function rebased(operations: readonly Operation[], { values }: Source, document: number): readonly Operation[] | undefined {
  const root = values[0]?.[document];
  const fitting = operations.map((operation) => rebase(operation, root));
  return fitting.every((one) => one !== undefined) ? fitting.flat() : undefined;
}

function rebase(operation: Operation, root: unknown): readonly Operation[] | undefined {
  const { op, path, value } = operation;
  const current = valueIn(root, path);
  if (op === 'replace' && equal(current, value)) return [];
  if (op !== 'add' || path.at(-1) === '-' || current === undefined) return [operation];
  if (equal(current, value)) return [];
  if (current === null) return [{ op: 'replace', path, value }];
  if (isMap(current) && isObject(value)) {
    const parts = Object.entries(value).map(([key, item]) => rebase({ op, path: [...path, key], value: item }, root));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  return undefined;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rule that set one of the same fields to another value. */
export function conflictOf({ file, change }: Pick<Edit, 'file' | 'change'>, written: Written): string | undefined {
  if (change.kind === 'line') return undefined;
  for (const [path, value] of change.operations.flatMap(leaves)) {
    const other = written.get(keyIn(file, change.document, path));
    if (other !== undefined && !equal(other.value, value)) return other.rule;
  }
  return undefined;
}

function keyIn(file: string, document: number, path: string): string {
  return `${file}\n${document}\n${path}`;
}

function leaves({ op, path, value }: Operation): readonly (readonly [string, JsonValue])[] {
  if (op === 'remove' || path.at(-1) === '-') return [];
  if (!isObject(value) || isArray(value)) return [[path.join('\n'), value]];
  return Object.entries(value).flatMap(([key, item]) => leaves({ op, path: [...path, key], value: item }));
}
