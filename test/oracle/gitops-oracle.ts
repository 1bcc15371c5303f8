import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { createResults, renderingsOf } from '../../src/engines/results.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import type { RenderedSet } from '../../src/render/render.ts';
import { renderUntraced, repository } from '../render/bench.ts';
import { tools } from '../render/pointer-support.ts';

type Files = Readonly<Record<string, string>>;

/** A pointer, and the repository that it is in. */
export interface GitopsCase {
  readonly name: string;
  readonly files: Files;
  readonly object: JsonObject;
}

const answerSchema = z.object({
  objects: z.array(z.custom<JsonObject>((value) => value !== null)),
  error: z.string().optional(),
});
export type Answer = z.infer<typeof answerSchema>;
const recordedSchema = z.object({ name: z.string(), key: z.string(), answer: answerSchema });

/**
 * What a deployer answered to each case, one line of JSON for each, as recorded in the folder `recorded`: the comparison needs no build of the
 * deployer's code. Where that is built, its answers are compared with the record. RECORD_ORACLES=1 writes the record.
 *
 * @param file Names the version of the deployer.
 * @param ask Absent: the oracle is not built.
 */
export function answersOf(file: string, cases: readonly GitopsCase[], ask?: () => readonly Answer[]): readonly Answer[] {
  const record = path.join(import.meta.dirname, 'recorded', file);
  if (ask !== undefined && process.env.RECORD_ORACLES === '1') {
    const lines = ask().map((answer, index) => {
      const one = cases[index];
      return JSON.stringify({ name: one?.name, key: one === undefined ? '' : keyOf(one), answer });
    });
    writeFileSync(record, `${lines.join('\n')}\n`);
  }
  const lines = existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [];
  const recorded = new Map(lines.map((line) => recordedSchema.parse(JSON.parse(line))).map(({ key, answer }) => [key, answer]));
  return cases.map((one) => {
    const answer = recorded.get(keyOf(one));
    if (answer === undefined)
      throw new Error(`${file} has no record of "${one.name}": run with BUILD_ORACLES=1 RECORD_ORACLES=1`);
    return answer;
  });
}

function keyOf({ files, object }: GitopsCase): string {
  return createHash('sha256')
    .update(JSON.stringify([files, object]))
    .digest('hex')
    .slice(0, 16);
}

/** What the deployer's own code renders for each case, by one process. */
export function askDeployer(executable: string, cases: readonly GitopsCase[], tools: readonly string[]): readonly Answer[] {
  const lines = cases.map(({ files, object }) => {
    const root = repository(files);
    execFileSync('git', ['init', '-q', root]);
    execFileSync('git', ['-C', root, 'add', '-A']);
    return JSON.stringify({ root, object });
  });
  const env = { ...process.env, PATH: [...tools, process.env.PATH ?? ''].join(path.delimiter) };
  const input = `${lines.join('\n')}\n`;
  const output = execFileSync(executable, {
    input,
    env,
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => answerSchema.parse(JSON.parse(line)));
}

/** Objects in any order, and of an error only that there is one: its text has folders and times. */
export function comparable({ objects, error }: Answer): JsonValue {
  return { objects: objects.map((one) => canonical(one)).toSorted(), error: error !== undefined };
}

export interface Difference {
  /** Objects that the deployer applies and the gate does not evaluate. */
  readonly hidden: readonly string[];
  /** Objects that the gate evaluates because of the pointer and that the deployer does not apply. */
  readonly more: readonly string[];
  readonly gaps: readonly string[];
  readonly failures: readonly string[];
}

const renderings = renderingsOf(createResults());
/** Without lines of fields, and what two cases have in common once. */
const rendered = (files: Files) => renderUntraced(files, tools, {}, { renderings });
const alone = new Map<Files, Promise<readonly string[]>>();

/** What the gate renders for a pointer, compared with the answer. */
export async function differenceOf({ files, object }: GitopsCase, { objects }: Answer): Promise<Difference> {
  const before = alone.get(files) ?? rendered(files).then(objectsOf);
  alone.set(files, before);
  const set = await rendered({ ...files, 'zz-pointer.yaml': JSON.stringify(object) });
  const ours = objectsOf(set);
  const wanted = objects.map((one) => canonical(one));
  // The gate also evaluates a chart with the APIs that its templates look for (ADR 44).
  const withApis = wanted.map((one) => one.replaceAll('"monitoring":"false"', '"monitoring":"true"'));
  const known = new Set([...(await before), ...wanted, ...withApis, canonical(object)]);
  return {
    hidden: wanted.filter((one) => !ours.includes(one)),
    more: ours.filter((one) => !known.has(one)),
    gaps: [...(set.pointers ?? [])].flatMap(([, gaps]) => gaps.map(({ what, reason }) => `${what}: ${reason}`)),
    failures: set.failures.map(({ message }) => message),
  };
}

function objectsOf({ resources }: RenderedSet): readonly string[] {
  return resources.map(({ object }) => canonical(object));
}

/** Empty maps and nulls are what no API server keeps. */
function canonical(value: JsonValue): string {
  return JSON.stringify(sorted(value), (_key, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));
}

function sorted(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, sorted(inner)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
