import { groupBy } from '../../model/group.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import { ruleOf } from '../../reports/view.ts';
import { applyEdits, conflictOf, type Written } from './apply.ts';
import { candidates, type Read } from './candidates.ts';
import { type Edit, keyOf } from './edit.ts';

export interface FixOptions {
  /** Files as they are in the repository. */
  readonly read: Read;
  /** Judges the repository with these texts in place of its files. */
  readonly judge: (texts: ReadonlyMap<string, string>) => Promise<Verdict>;
  /** Whether a finding is to be fixed. */
  readonly wants: (judged: JudgedFinding) => boolean;
}

export interface Fixed {
  readonly after: Verdict;
  /** Files with their new text. */
  readonly texts: ReadonlyMap<string, string>;
  readonly edits: readonly Edit[];
  /** Why findings that are wanted and have a suggestion are still there, by their identity. */
  readonly left: ReadonlyMap<string, string>;
}

/** A policy reports one container at a time, so that several rounds are needed; more than this is a loop of suggestions. */
const maxRounds = 20;

/**
 * Applies suggestions and judges the result, until nothing is left to apply. An edit that does not remove its finding, or after which something
 * cannot be evaluated or more is reported, is taken back. Nothing is written.
 */
export async function fixAll(before: Verdict, { read, judge, wants }: FixOptions): Promise<Fixed> {
  const written: Written = new Map();
  /** Edits that are not tried again, and why. */
  const rejected = new Map<string, string>();
  const left = new Map<string, string>();
  const edits: Edit[] = [];
  let state: State = { texts: new Map(), verdict: before };
  const readIn = (texts: ReadonlyMap<string, string>): Read => {
    return async (file) => {
      const text = texts.get(file);
      return text === undefined ? read(file) : { text };
    };
  };
  for (let round = 0; round < maxRounds; round += 1) {
    left.clear();
    const planned = await plan(state.verdict.findings.filter(wants), readIn(state.texts), rejected, left);
    if (planned.length === 0) break;
    const attempt = await applied(planned, readIn(state.texts), new Map(written));
    for (const { edit, conflict } of attempt.left)
      for (const judged of edit.findings)
        left.set(
          identity(judged),
          conflict === undefined ? 'it cannot be written into the file' : `it conflicts with that of ${conflict}`,
        );
    if (attempt.done.length === 0) break;
    const texts = new Map([...state.texts, ...attempt.texts]);
    const verdict = await judge(texts);
    const bad = wrong(attempt.done, state.verdict, verdict);
    for (const edit of bad) rejected.set(keyOf(edit), 'the edit would not remove it, or would cause another finding or error');
    const isOld = stillThere(state.verdict);
    const caused = verdict.findings.filter((judged) => wants(judged) && !isOld(judged));
    const undoing = await plan(caused, readIn(texts), new Map(), new Map());
    for (const { edit, rule } of opposed(attempt.done, undoing, attempt.written))
      rejected.set(keyOf(edit), `it conflicts with that of ${rule}`);
    if (attempt.done.some((edit) => rejected.has(keyOf(edit)))) continue;
    for (const [key, value] of attempt.written) written.set(key, value);
    edits.push(...attempt.done);
    state = { texts, verdict };
  }
  return { after: state.verdict, texts: state.texts, edits, left };
}

interface State {
  readonly texts: ReadonlyMap<string, string>;
  readonly verdict: Verdict;
}

async function plan(
  wanted: readonly JudgedFinding[],
  read: Read,
  rejected: ReadonlyMap<string, string>,
  left: Map<string, string>,
): Promise<readonly Edit[]> {
  const edits = new Map<string, Edit>();
  for (const judged of wanted) {
    const { finding } = judged;
    if ((finding.fix?.patch ?? []).length === 0) continue;
    for (const place of finding.locations) {
      const found = await candidates(finding, place, read);
      const usable = typeof found === 'string' ? undefined : found.find((one) => !rejected.has(keyOf(one)));
      if (usable === undefined) {
        left.set(identity(judged), typeof found === 'string' ? found : (found.map((one) => rejected.get(keyOf(one)))[0] ?? ''));
        continue;
      }
      const key = keyOf(usable);
      edits.set(key, { ...usable, findings: [...(edits.get(key)?.findings ?? []), judged] });
    }
  }
  return [...edits.values()];
}

async function applied(edits: readonly Edit[], read: Read, written: Written) {
  const texts = new Map<string, string>();
  const done: Edit[] = [];
  const left: { readonly edit: Edit; readonly conflict?: string }[] = [];
  for (const [file, own] of groupBy(edits, (edit) => edit.file)) {
    const found = await read(file);
    if ('refused' in found) continue;
    const result = applyEdits(found.text, own, written);
    if (result.text !== found.text) texts.set(file, result.text);
    done.push(...result.done);
    left.push(...result.left);
  }
  return { texts, done: texts.size === 0 ? [] : done, left, written };
}

/** The edits that are to be taken back. */
function wrong(done: readonly Edit[], before: Verdict, after: Verdict): readonly Edit[] {
  const known = new Set(before.errors.map(({ message }) => message));
  const broken = after.errors.filter(({ message }) => !known.has(message));
  if (broken.length > 0 || weight(after) > weight(before)) {
    const files = new Set(broken.map(({ details }) => details.file));
    const suspects = [
      done.filter(({ file }) => files.has(file)),
      done.filter(({ change }) => change.kind === 'line'),
      done.filter(({ file }) => /(?:^|\/)values[^/]*$/.test(file)),
      done.slice(Math.floor(done.length / 2)),
    ];
    return suspects.find((some) => some.length > 0) ?? done;
  }
  const there = stillThere(after);
  return done.filter(({ findings }) => findings.every(there));
}

/** The edits that a finding which they caused would undo, with its rule. */
function opposed(done: readonly Edit[], undoing: readonly Edit[], written: Written): readonly { edit: Edit; rule: string }[] {
  const conflicts = undoing.flatMap((edit) => {
    const other = conflictOf(edit, written);
    const [judged] = edit.findings;
    return other === undefined || judged === undefined ? [] : [{ by: ruleOf(judged.finding), file: edit.file, rule: other }];
  });
  return done.flatMap((edit) => {
    const found = conflicts.find(
      ({ file, rule }) => file === edit.file && edit.findings.some(({ finding }) => ruleOf(finding) === rule),
    );
    return found === undefined ? [] : [{ edit, rule: found.by }];
  });
}

/** Whether a finding is reported as it was: what is left of it may be less severe, and is then another finding of the same cause. */
export function stillThere({ findings }: Verdict): (judged: JudgedFinding) => boolean {
  const keys = new Set(findings.map(identity));
  return (judged) => keys.has(identity(judged));
}

/** Two files may have a resource of the same name, which then has the same fingerprint. */
export function identity({ finding }: Pick<JudgedFinding, 'finding'>): string {
  return JSON.stringify([finding.fingerprint, finding.severity, finding.title, finding.locations.map(({ file }) => file)]);
}

function weight({ counts }: Verdict): number {
  return counts.block + counts.warn;
}
