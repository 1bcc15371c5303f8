import { isDeepStrictEqual } from 'node:util';
import { structuredPatch } from 'diff';
import type { FieldPath } from '../model/field-path.ts';
import { groupBy } from '../model/group.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fieldLines } from './field-lines.ts';
import { manifestText } from './manifest-text.ts';
import type { Pair } from './pairs.ts';
import { type Mask, withoutSecrets } from './secrets.ts';

/** Text about a field of a resource of the change. */
export interface Remark {
  readonly path: FieldPath;
  readonly text: string;
  /** Shown even if the line of the field is not. */
  readonly always: boolean;
}

/** A limit of work, not of time, so that the same change always has the same difference. Beyond it both manifests are shown whole. */
const maxEdits = 2_000;
const maxChars = 1_000_000;
const remarksPerLine = 5;

/** Lines of a unified diff with remarks below the line that they are about; empty if both sides are the same. */
export function compareManifests({ before, after }: Pair, remarks: readonly Remark[], mask: Mask): readonly string[] {
  const moved = before !== undefined && after !== undefined ? environmentsChanged(before, after) : [];
  const objects = [before && shown(before), after && shown(after)] as const;
  if (isDeepStrictEqual(objects[0], objects[1])) return moved;
  const [from, to] = texts(...objects, mask);
  if (from.length + to.length > maxChars)
    return [...moved, `! not shown: manifests of ${Math.ceil((from.length + to.length) / 1_000)} KB`];
  const noted = placed(to, remarks);
  const shownLines = hunks(from, to).flatMap((hunk) => withRemarks(hunk, noted));
  const others = [...noted].flatMap(([, found]) => found.filter(({ always }) => always).map(({ text }) => text));
  return [...moved, ...remarkLines(others), ...shownLines];
}

function environmentsChanged({ environments: was }: Resource, { environments: now }: Resource): readonly string[] {
  const added = now.filter((name) => !was.includes(name));
  const gone = was.filter((name) => !now.includes(name));
  return [
    ...(added.length > 0 ? [`! now in the environment ${added.join(', ')}`] : []),
    ...(gone.length > 0 ? [`! no longer in the environment ${gone.join(', ')}`] : []),
  ];
}

/** Values that differ in each rendering would differ here as well. */
export function shown({ object, stableObject }: Resource): JsonObject {
  return stableObject ?? object;
}

function texts(before: JsonObject | undefined, after: JsonObject | undefined, mask: Mask): readonly [string, string] {
  return [
    before === undefined ? '' : manifestText(withoutSecrets(before, after && before, mask)),
    after === undefined ? '' : manifestText(withoutSecrets(after, before, mask)),
  ];
}

interface Hunk {
  /** Line of the change that it begins at, from 0. */
  readonly at: number;
  readonly head: string;
  readonly lines: readonly string[];
}

function hunks(from: string, to: string): readonly Hunk[] {
  if (from === '' || to === '') return [whole(from, to)];
  const patch = structuredPatch('', '', from, to, undefined, undefined, { context: 3, maxEditLength: maxEdits });
  if (patch === undefined) return [whole(from, to)];
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    at: newStart - 1,
    head: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    lines: lines.filter((line) => !line.startsWith('\\')),
  }));
}

function whole(from: string, to: string): Hunk {
  const [old, now] = [from, to].map((text) => (text === '' ? [] : text.trimEnd().split('\n')));
  const [olds, news] = [old ?? [], now ?? []];
  const range = (lines: readonly string[]): string => (lines.length === 0 ? '0,0' : `1,${lines.length}`);
  return {
    at: 0,
    head: `@@ -${range(olds)} +${range(news)} @@`,
    lines: [...olds.map((line) => `-${line}`), ...news.map((line) => `+${line}`)],
  };
}

function placed(to: string, remarks: readonly Remark[]): Map<number, Remark[]> {
  if (remarks.length === 0 || to === '') return new Map();
  const lines = fieldLines(
    to,
    remarks.map(({ path }) => path),
  );
  const groups = groupBy(
    remarks.map((remark, index) => ({ remark, line: lines[index] ?? 0 })),
    ({ line }) => String(line),
  );
  return new Map([...groups].map(([line, found]) => [Number(line), found.map(({ remark }) => remark)]));
}

/** Takes the remarks that it shows out of the map. */
function withRemarks({ at, head, lines }: Hunk, noted: Map<number, readonly Remark[]>): readonly string[] {
  let line = at;
  const shownLines = lines.flatMap((text) => {
    if (text.startsWith('-')) return [text];
    const found = noted.get(line) ?? [];
    noted.delete(line);
    line += 1;
    return [text, ...remarkLines(found.map((remark) => remark.text))];
  });
  return [head, ...shownLines];
}

function remarkLines(texts: readonly string[]): readonly string[] {
  const left = texts.length - remarksPerLine;
  return [
    ...texts.slice(0, remarksPerLine).map((text) => `! ${text.replaceAll(/\s+/gu, ' ')}`),
    ...(left > 0 ? [`! ${left} more`] : []),
  ];
}
