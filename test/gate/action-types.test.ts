import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { outcomes } from '../../src/model/verdict.ts';
import { root } from '../support/root.ts';

const read = (file: string): unknown => parse(readFileSync(path.join(root, file), 'utf8'));
const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
    outputs: z.record(z.string(), z.unknown()),
  })
  .parse(read('action.yml'));
/** https://github.com/typesafegithub/github-actions-typing */
const typing = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['string', 'boolean', 'integer']) }),
  z.strictObject({ type: z.literal('enum'), 'allowed-values': z.array(z.string()).min(2) }),
  z.strictObject({
    type: z.literal('list'),
    separator: z.literal('\n'),
    'list-item': z.strictObject({ type: z.literal('string') }),
  }),
]);
const types = z
  .strictObject({ inputs: z.record(z.string(), typing), outputs: z.record(z.string(), typing) })
  .parse(read('action-types.yml'));

describe('action-types.yml', () => {
  it('has the inputs and outputs of action.yml in the same order, and no others', () => {
    expect(Object.keys(types.inputs)).toEqual(Object.keys(action.inputs));
    expect(Object.keys(types.outputs)).toEqual(Object.keys(action.outputs));
  });

  it.each(Object.entries(action.inputs))('agrees with the description and the default of %s', (name, input) => {
    const type = types.inputs[name];
    expect(type?.type === 'boolean').toBe(/\bEither true or false\b/.test(input.description));
    expect(type?.type === 'list').toBe(/\bOne per line\b/.test(input.description));
    if (type?.type === 'boolean') expect(['true', 'false', '']).toContain(input.default);
    if (type?.type !== 'enum') return;
    expect(type['allowed-values']).toContain(input.default);
    for (const value of type['allowed-values']) expect(input.description).toMatch(new RegExp(`\\b${value}: `));
  });

  it('has every outcome as a value of the output verdict', () => {
    expect(types.outputs.verdict).toMatchObject({ 'allowed-values': [...outcomes] });
  });
});
