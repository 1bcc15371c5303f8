import { createHash } from 'node:crypto';
import { editText } from '../../edits/edit.ts';
import { locateTarget, type Place } from '../../edits/locate.ts';
import type { Source } from '../../edits/source.ts';
import { readOperation } from '../../edits/value.ts';
import type { Finding } from '../../model/finding.ts';
import { suggestionMaxLines } from '../limits.ts';
import { reveal } from '../text.ts';
import { type Hunk, shows } from './diff.ts';

/** Lines of the head's file and their replacement. */
export interface Suggestion {
  readonly startLine: number;
  readonly endLine: number;
  readonly lines: readonly string[];
  /** Of the replaced and the new lines, regardless of their position. */
  readonly hash: string;
}

/** The finding's patch as lines of the diff, or the reason for no suggestion. */
export function suggest(
  finding: Finding,
  place: Place,
  file: { readonly source: Source; readonly hunks: readonly Hunk[] },
): Suggestion | string {
  const operations = (finding.fix?.patch ?? []).map(readOperation);
  if (
    operations.length === 0 ||
    operations.length > suggestionMaxLines ||
    !operations.every((operation) => operation !== undefined)
  )
    return 'the patch is not a small addition or replacement';
  const target = locateTarget(finding, operations, place, file.source);
  if (target === undefined) return 'the lines are not the field that the patch changes';
  let why = 'the patch can’t be written into the file line by line';
  for (const where of ['end', 'start'] as const) {
    const edited = editText(file.source, target.document, target.operations, where);
    if (edited === undefined) continue;
    const choices = changedLines(file.source.text, edited);
    const shown = choices.find(({ startLine, old }) => shows(file.hunks, startLine, old));
    if (shown === undefined) {
      why = 'the lines are not in the diff';
      continue;
    }
    const { startLine, old, lines } = shown;
    if (lines.length > suggestionMaxLines || lines.some((line) => reveal(line) !== line || line.includes('\r')))
      return 'there are too many lines, or lines with hidden characters';
    const hash = createHash('sha256')
      .update(JSON.stringify([old, lines]))
      .digest('hex')
      .slice(0, 16);
    return { startLine, endLine: startLine + old.length - 1, lines, hash };
  }
  return why;
}

interface Change {
  readonly startLine: number;
  readonly old: readonly string[];
  readonly lines: readonly string[];
}

/** The range that differs. GitHub cannot express a pure insertion, so the line above or below is included and repeated. */
function changedLines(before: string, after: string): readonly Change[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const cut = (above: number, below: number): Change => ({
    startLine: head - above + 1,
    old: old.slice(head - above, old.length - tail + below),
    lines: now.slice(head - above, now.length - tail + below),
  });
  if (head + tail < old.length) return [cut(0, 0)];
  return [...(head > 0 ? [cut(1, 0)] : []), ...(tail > 0 ? [cut(0, 1)] : [])];
}
