import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toCel } from '../../src/engines/cel/values.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { policiesFrom } from '../agreement/policies.ts';
import { randomFrom } from '../agreement/random.ts';
import { resourcesFrom } from '../agreement/resources.ts';
import { answerOf, compareAnswers } from './cel/answers.ts';
import { errors, refusals, truths } from './cel/expressions.ts';
import { format } from './cel/format.ts';
import { askCel, buildCelOracle, type CelQuestion, openApiOf, printTable } from './cel/oracle.ts';
import { declaredTable, fieldsTable } from './cel/tables.ts';

const oracle = buildCelOracle();
/** CEL_UPDATE=1 writes the tables; CEL_CORPUS is a JSON file of `{expression}` to compare in addition. */
const { CEL_UPDATE: update, CEL_CORPUS: corpus } = process.env;
const tables = path.join(import.meta.dirname, '../../src/engines/cel/kubernetes');

/** Where k8s-gate has no value and Kubernetes has one, on purpose. */
const stricter: readonly (readonly [why: string, pattern: RegExp])[] = [
  ['messages such as google.protobuf.Value{} are not supported', /google\.protobuf\.\w+\s*\{/],
  ['a name with a dot in front is not supported', /[ (]\.[a-z]/],
  ['a field of a number, string or bool is an error, not absent', /dyn\([01]\)/],
];

describe.skipIf(oracle === undefined)('CEL compared with the API server', () => {
  it.each([
    ['declared.json', () => declaredTable(printTable(oracle ?? '', 'declarations'))],
    ['fields.json', () => fieldsTable(printTable(oracle ?? '', 'kinds', openApiOf('v1.36.3')))],
  ])('has the table %s as it is in k8s.io/apiserver and k8s.io/api', (name, text) => {
    const file = path.join(tables, name);
    if (update !== undefined) writeFileSync(file, text());
    expect(readFileSync(file, 'utf8')).toBe(text());
  });

  it('has no value where Kubernetes has none, and the same values', () => {
    const objects = decodable(resourcesFrom(randomFrom(7), 40));
    const questions: readonly CelQuestion[] = [
      ...[...truths, ...errors, ...refusals].map((expression) => ({ expression })),
      ...agreementExpressions().flatMap((expression) => objects.map((object) => ({ expression, object, typed: true }))),
      ...(corpus === undefined
        ? []
        : z.array(z.object({ expression: z.string() })).parse(JSON.parse(readFileSync(corpus, 'utf8')))),
    ];
    const answers = askCel(oracle ?? '', questions);
    const found = questions.map((question, index) => {
      const theirs = answers[index] ?? {};
      const ours = answerOf(question);
      return { question, ours, theirs, is: compareAnswers(ours, theirs) };
    });
    const count = (is: string) => found.filter((entry) => entry.is === is).length;
    console.log(`${found.length} expressions: ${count('same')} the same, ${count('no value where Kubernetes has one')} stricter`);
    const worse = found.filter(
      ({ is, question }) =>
        is !== 'same' &&
        !(is === 'no value where Kubernetes has one' && stricter.some(([, pattern]) => pattern.test(question.expression))),
    );
    expect(worse.slice(0, 20)).toEqual([]);
    expect(count('same') / found.length).toBeGreaterThan(0.98);
  });

  it('has objects of built-in kinds as they are after decoding', () => {
    const objects = resourcesFrom(randomFrom(11), 200);
    const answers = askCel(
      oracle ?? '',
      objects.map((object) => ({ expression: '', object, typed: true })),
    );
    const compared = objects.flatMap((object, index) => {
      const { object: theirs } = answers[index] ?? {};
      // An API server refuses an object with a field of the wrong type, or without a required one.
      return theirs === undefined ? [] : [{ ours: format(toCel(object)), theirs: format(ints(theirs)) }];
    });
    const same = compared.filter(({ ours, theirs }) => ours === theirs);
    console.log(`${same.length} of ${compared.length} objects are the same`);
    expect(same.length).toBeGreaterThan(20);
  });
});

/** An API server refuses an object with a field of the wrong type before it evaluates a policy. */
function decodable(objects: readonly JsonObject[]): readonly JsonObject[] {
  const answers = askCel(
    oracle ?? '',
    objects.map((object) => ({ expression: '', object, typed: true })),
  );
  return objects.filter((_, index) => answers[index]?.object !== undefined);
}

/** The expressions of the comparison with Kyverno that read the object only. */
function agreementExpressions(): readonly string[] {
  return policiesFrom(randomFrom(7), 40).flatMap(({ policy }) => {
    const { validations } = z
      .object({ validations: z.array(z.object({ expression: z.string() })) })
      .parse(isObject(policy.spec) ? policy.spec : {});
    return validations
      .map(({ expression }) => expression)
      .filter((expression) => !/variables|params|request|namespaceObject|authorizer/.test(expression));
  });
}

/** As the values of CEL. */
function ints(value: JsonValue): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (isArray(value)) return value.map(ints);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ints(item)])) : value;
}
