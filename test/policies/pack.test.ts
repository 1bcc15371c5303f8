import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { patched, readOperation } from '../../src/edits/value.ts';
import { type CelResult, evaluate, loadPack } from '../../src/engines/cel/evaluate.ts';
import { parsePolicies } from '../../src/engines/cel/parsed-pack.ts';
import type { JsonPatchOperation } from '../../src/model/finding.ts';
import { isObject, type JsonObject } from '../../src/model/json.ts';
import { patchTo } from '../../src/model/json-patch.ts';

interface Cases {
  readonly pass: readonly JsonObject[];
  readonly fail: readonly { readonly path: string; readonly object: JsonObject }[];
}

const root = path.join(import.meta.dirname, '../../policies');
const cases = path.join(import.meta.dirname, 'cases');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.includes(path.sep) && file.endsWith('.yaml'))
  .sort();
function applied(object: JsonObject, operation: JsonPatchOperation): JsonObject {
  const read = readOperation(operation);
  const result = read === undefined ? undefined : patched(object, read);
  if (!isObject(result)) throw new Error(`${operation.path} does not fit`);
  return result;
}
const nameOf = (file: string): string => path.basename(file, '.yaml');

describe('the policy pack', () => {
  it('has cases for every policy, and a policy for all cases', () => {
    expect(readdirSync(cases).sort()).toEqual(files.map((file) => path.basename(file)).sort());
  });

  it('loads as a whole', () => {
    const pack = loadPack(files.map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') })));
    expect(pack.map((policy) => policy.name)).toEqual(files.map(nameOf));
    for (const policy of pack) {
      expect(policy.bindings, policy.name).toHaveLength(1);
      const { severities, title, category, description, fix, helpUrl } = policy.notes;
      expect([severities, title, category, description, fix, helpUrl], policy.name).not.toContain(undefined);
    }
  });
});

describe.each(files)('%s', (file) => {
  const source = { path: file, text: readFileSync(path.join(root, file), 'utf8') };
  const [policy] = loadPack([source]);
  const [built] = loadPack([{ ...source, documents: parsePolicies(source) }]);
  if (policy === undefined || built === undefined) throw new Error(`${file} has no policy`);
  const { pass, fail } = parse(readFileSync(path.join(cases, path.basename(file)), 'utf8')) as Cases;

  it('evaluates its cases alike if the build has checked its expressions', () => {
    const objects = [...pass, ...fail.map(({ object }) => object)];
    expect(objects.map((object) => evaluate(built, object))).toEqual(objects.map((object) => evaluate(policy, object)));
  });

  it('has both cases', () => {
    expect(pass.length).toBeGreaterThan(0);
    expect(fail.length).toBeGreaterThan(0);
  });

  it.each(pass.map((object, index) => [index, object] as const))('passes case %i', (_, object) => {
    const results = evaluate(policy, object);
    expect(results.map(({ status, message }) => `${status} ${message}`.trim())).toEqual(policy.validations.map(() => 'pass'));
  });

  it.each(policy.notes.set === undefined ? [] : fail.map((each, index) => [index, each.object] as const))(
    'passes case %i with its own patch applied',
    (_, object) => {
      let mended: JsonObject = object;
      for (let round = 0; round < 10; round += 1) {
        const failed: CelResult | undefined = evaluate(policy, mended).find(({ status }) => status === 'fail');
        if (failed === undefined) return;
        const patch = patchTo(policy.notes.set ?? null, failed.path, mended) ?? [];
        expect(patch, failed.message).toHaveLength(1);
        for (const operation of patch) mended = applied(mended, operation);
      }
      expect.unreachable('it still fails');
    },
  );

  it.each(fail.map((each, index) => [index, each] as const))('fails case %i at its path', (_, each) => {
    const results = evaluate(policy, each.object);
    expect(results.filter(({ status }) => status !== 'pass' && status !== 'fail')).toEqual([]);
    const messages = results.filter(({ status }) => status === 'fail').map(({ message }) => message);
    expect(
      messages.some((message) => message.startsWith(`${each.path}: `)),
      messages.join('\n'),
    ).toBe(true);
    for (const message of messages) expect(message).toMatch(/^(spec|metadata|rules|subjects)(?:[\w.[\]=-]|\["[^"]+"\])*: \S/);
    for (const { status, path: field } of results) {
      if (status !== 'fail') continue;
      expect(field).not.toEqual([]);
      expect(field.join('.')).not.toContain('=');
    }
  });
});
