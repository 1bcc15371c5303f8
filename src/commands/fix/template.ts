import type { Place } from '../../edits/locate.ts';
import type { Steps } from '../../edits/source.ts';
import type { Operation } from '../../edits/value.ts';
import { pairLines, scalarText } from '../../edits/write.ts';
import type { Change } from './edit.ts';

/** A line of YAML in a template without an action: indentation and dashes, key, value. */
const plainLine = /^(\s*(?:- +)*)([\w./-]+|"[^"]+"):(?:( +)([^#{}]*?))?( +#.*)?$/;

/**
 * Changes a literal of a template: replaces or removes a value on its line, or adds a field to the map that begins there. The result is not YAML
 * that could be checked, so the caller has to judge it.
 */
export function changeTemplate(operation: Operation, place: Place, text: string): Change | undefined {
  const all = text.split('\n');
  const old = all[place.line - 1];
  if (old === undefined) return undefined;
  const written = operation.op === 'add' ? added(operation, place, all) : changed(operation, place, old);
  return written === undefined ? undefined : { kind: 'line', line: place.line, old, lines: written };
}

function changed({ op, path, value }: Operation, { precision }: Place, old: string): readonly string[] | undefined {
  const [, lead = '', key = '', gap = ' ', current, comment = ''] = plainLine.exec(old) ?? [];
  if (precision !== 'field' || key !== path.at(-1) || current === undefined || current === '') return undefined;
  if (op === 'remove') return /^\s*$/.test(lead) ? [] : undefined;
  if (typeof value === 'object' && value !== null) return undefined;
  return [`${lead}${key}:${gap}${scalarText(value)}${comment}`];
}

/** Below the first key of a map or list item (`- name: web`), or as the first field of `key:`. */
function added({ path, value }: Operation, { line, precision }: Place, all: readonly string[]): readonly string[] | undefined {
  const old = all[line - 1] ?? '';
  const key = path.at(-1) ?? '';
  if (precision !== 'parent' || key === '-' || /^\d+$/.test(key)) return undefined;
  const [, lead] = /^(\s*(?:- +)+)[\w./-]+: *[^\s|>].*$/.exec(old) ?? [];
  const [, open] = /^(\s*(?:- +)*)[\w./-]+: *(?:#.*)?$/.exec(old) ?? [];
  const next = /^\s*/.exec(all[line] ?? '')?.[0] ?? '';
  const margin = lead === undefined ? (open === undefined || next.length <= open.length ? undefined : next.length) : lead.length;
  return margin === undefined ? undefined : [old, ...pairLines(key, value).map((each) => ' '.repeat(margin) + each)];
}

/**
 * The values that a template writes into a missing map: `securityContext: {{ toYaml .Values.securityContext }}`, or within `with`. Adding to them
 * is better than a literal, which every release would get.
 */
export function valuesFor(path: Steps, { line }: Place, text: string): Steps | undefined {
  const key = path.at(-1) ?? '';
  const lines = text.split('\n').slice(line - 1, line + 60);
  const at = lines.findIndex((each) => each.trim() === `${key}:`);
  if (at === -1) return undefined;
  const filled = /\btoYaml\s+(?:\.Values\.([\w.]+)|\.)\s*(?:\||-?\}\})/.exec(lines[at + 1] ?? '');
  if (filled === null) return undefined;
  const name = filled[1] ?? /\bwith\s+\.Values\.([\w.]+)\s*-?\}\}/.exec(lines[at - 1] ?? '')?.[1];
  return name?.split('.');
}
