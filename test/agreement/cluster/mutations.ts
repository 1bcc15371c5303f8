import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { admissionOf } from '../../../src/engines/cel/admission.ts';
import { loadMutations } from '../../../src/engines/cel/load.ts';
import { mutate } from '../../../src/engines/cel/mutations/evaluate.ts';
import { builtInType, customType } from '../../../src/engines/cel/mutations/merge-types.ts';
import { toCel } from '../../../src/engines/cel/values.ts';
import { type JsonObject, stringifyJson } from '../../../src/model/json.ts';
import type { Question } from './oracle.ts';
import { placeOf } from './ours.ts';

/** The creation of an object in a cluster with a MutatingAdmissionPolicy. */
export interface MutationQuestion extends Omit<Question, 'policy' | 'bindings'> {
  readonly mutation: {
    readonly policy: JsonObject;
    readonly bindings: readonly JsonObject[];
    /** For a custom kind. */
    readonly schema?: JsonObject;
  };
}

/** `none`: the policy does not match. `refused`: it could not be created. `error`: the object is rejected. */
export type MutationAnswer =
  | { readonly is: 'none' | 'refused' | 'error' | 'unknown'; readonly why: string }
  | { readonly is: 'changed'; readonly object: JsonObject };

const objectSchema = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null);
const answerSchema = z.object({
  matched: z.boolean(),
  error: z.string().default(''),
  refused: z.string().default(''),
  object: objectSchema.optional(),
});
type Answer = z.infer<typeof answerSchema>;

/** What an API server answers, by one process of test/oracle/policies. */
export function askMutations(executable: string, questions: readonly MutationQuestion[]): readonly Answer[] {
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const output = execFileSync(executable, { input, maxBuffer: 2 ** 28, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => answerSchema.parse(JSON.parse(line)));
}

export function read({ matched, error, refused, object }: Answer): MutationAnswer {
  if (refused !== '') return { is: 'refused', why: refused };
  if (error !== '') return { is: 'error', why: error };
  return matched && object !== undefined ? { is: 'changed', object } : { is: 'none', why: '' };
}

/** The same by this engine. */
export function ourMutation({ mutation, params, object, ...question }: MutationQuestion): MutationAnswer {
  const { policy, bindings, schema } = mutation;
  const text = [policy, ...bindings, ...params].map((one) => stringifyJson(one)).join('\n---\n');
  try {
    const [loaded] = loadMutations([{ path: 'p.yaml', text }]);
    if (loaded === undefined) throw new Error('there is no policy');
    const builtIn = builtInType(String(object.apiVersion), String(object.kind));
    const found = mutate(loaded, admissionOf(object, placeOf(question)), builtIn ?? (schema && customType(schema)));
    const { problem } = found;
    if (problem !== undefined) return { is: problem.status === 'error' ? 'error' : 'unknown', why: problem.message };
    return found.matched ? { is: 'changed', object: found.object } : { is: 'none', why: '' };
  } catch (thrown) {
    return { is: 'refused', why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** As text, to be compared: an object as it is after decoding, in the order of its keys. */
export function comparable(answer: MutationAnswer): string {
  return answer.is === 'changed' ? sorted(toCel(answer.object)) : answer.is;
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return Number(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}

const record = path.join(import.meta.dirname, '../../oracle/recorded/mutating-v0.36.3.jsonl');
const recordedSchema = z.object({ name: z.string(), key: z.string(), answer: answerSchema });

/** What k8s.io/apiserver 0.36.3 answered to each question; RECORD_ORACLES=1 with mutations.live.test.ts writes it. */
export function recorded(cases: readonly (MutationQuestion & { readonly name: string })[]): readonly Answer[] {
  const lines = existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [];
  const answers = new Map(lines.map((line) => recordedSchema.parse(JSON.parse(line))).map(({ key, answer }) => [key, answer]));
  return cases.map((one) => {
    const answer = answers.get(keyOf(one));
    if (answer === undefined)
      throw new Error(`there is no recorded answer to "${one.name}": run mutations.live.test.ts with RECORD_ORACLES=1`);
    return answer;
  });
}

export function writeRecord(cases: readonly (MutationQuestion & { readonly name: string })[], answers: readonly Answer[]): void {
  const lines = cases.map((one, index) => JSON.stringify({ name: one.name, key: keyOf(one), answer: answers[index] }));
  writeFileSync(record, `${lines.join('\n')}\n`);
}

function keyOf({ mutation, params, object, resource }: MutationQuestion): string {
  return createHash('sha256')
    .update(JSON.stringify([mutation, params, object, resource]))
    .digest('hex')
    .slice(0, 16);
}
