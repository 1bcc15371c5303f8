import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { patched, readOperation, settled } from '../../src/edits/value.ts';
import { type CelPolicy, evaluate, loadPack } from '../../src/engines/cel/evaluate.ts';
import { refusal } from '../../src/engines/cel/findings.ts';
import { collectFindings } from '../../src/findings/collect.ts';
import { correlationFile, parseCorrelation } from '../../src/inputs/correlation.ts';
import type { Finding } from '../../src/model/finding.ts';
import { isObject, type JsonObject } from '../../src/model/json.ts';
import { completed, manifestSet, resource } from '../support/model.ts';
import { root } from '../support/root.ts';
import { suggestedRules } from '../support/suggested-rules.ts';

const correlation = parseCorrelation(readFileSync(path.join(root, correlationFile), 'utf8')).causes;
const cases = path.join(root, 'test/policies/cases');
const policies = readdirSync(path.join(root, 'policies'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.includes(path.sep))
  .map((file) => ({ path: file, text: readFileSync(path.join(root, 'policies', file), 'utf8') }));
const pack = loadPack(policies).map((policy) => {
  const { fail } = parse(readFileSync(path.join(cases, `${policy.name}.yaml`), 'utf8')) as {
    readonly fail: readonly { readonly object: JsonObject }[];
  };
  return { policy, name: policy.name, objects: fail.map(({ object }) => object) };
});

/** What one policy reports, as a run of the gate would collect it. */
function findingsOf(policy: CelPolicy, object: JsonObject): readonly Finding[] {
  const own = resource({ uid: 'obj-1', kind: String(object.kind), object });
  const failed = evaluate(policy, object).filter(({ status }) => status === 'fail');
  const run = completed({ findings: failed.map((result) => refusal(policy, result, own)) });
  return collectFindings([run], manifestSet({ resources: [own] }), correlation);
}

/** The object with every suggestion applied, one finding after the other. */
function fixed(policy: CelPolicy, before: JsonObject): JsonObject {
  let object = before;
  for (let round = 0; round < 20; round += 1) {
    const patch = findingsOf(policy, object).find(({ fix }) => fix?.patch !== undefined)?.fix?.patch;
    if (patch === undefined) return object;
    for (const operation of patch) {
      const read = readOperation(operation);
      const fitting = read === undefined ? undefined : settled(object, read);
      const after = fitting === undefined ? undefined : patched(object, fitting);
      if (!isObject(after)) throw new Error(`${operation.op} ${operation.path} does not apply`);
      object = after;
    }
  }
  throw new Error('the suggestions never end');
}

const suggested = pack.filter(({ policy, objects }) =>
  objects.some((object) => findingsOf(policy, object).some(({ fix }) => fix?.patch !== undefined)),
);

/** Only some of what these report has one right fix. */
const inPart: Readonly<Record<string, string>> = {
  'require-labels': 'only the default label has a value',
  'termination-grace': 'a preStop hook that takes too long has no default',
};

describe('suggestions of the pack', () => {
  it('exist for these rules', () => {
    expect(suggested.map(({ name }) => name)).toEqual(suggestedRules);
    expect(suggested.length).toBeGreaterThanOrEqual(20);
  });

  it.each(suggested)('fix every failing case of $name, and have nothing to do afterwards', ({ policy, name, objects }) => {
    for (const object of objects) {
      const after = fixed(policy, object);
      if (!(name in inPart)) expect(findingsOf(policy, after).map(({ title }) => title)).toEqual([]);
      expect(fixed(policy, after)).toEqual(after);
    }
  });
});
