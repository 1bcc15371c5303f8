import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonValue } from './json.ts';
import { schemaProblem, schemaProblems } from './schema-problem.ts';

const schema = z.strictObject({
  paths: z.array(z.string()).min(1).optional(),
  severity: z.strictObject({ high: z.enum(['block', 'warn', 'allow']).optional() }).optional(),
  shards: z.int().min(1).max(20).optional(),
  strict: z.boolean().optional(),
  owner: z.string().min(1).optional(),
  reason: z.string().min(10).optional(),
  until: z.iso.date().optional(),
  at: z.iso.datetime().optional(),
  id: z.string().regex(/^CVE-/, 'expected a CVE id').optional(),
  name: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  map: z.record(z.string(), z.number()).optional(),
  items: z.array(z.strictObject({ rule: z.string(), files: z.array(z.string()).optional() })).optional(),
  either: z.union([z.string(), z.array(z.string())]).optional(),
  engine: z.union([z.literal(false), z.strictObject({ disable: z.array(z.string()).optional() })]).optional(),
  keyed: z.partialRecord(z.string().regex(/^CVE-/, '`CVE-…` expected'), z.string()).optional(),
});

const problem = (value: JsonValue, options: object = { schema, value }) => {
  const { error } = schema.safeParse(value);
  return error === undefined ? 'none' : schemaProblem(error, options);
};

describe('schemaProblem', () => {
  it.each<[unknown: string, value: JsonValue, expected: string]>([
    ['a text for a list', { paths: 'k8s' }, '`paths` must be a list, such as `[a, b]`, not `k8s`'],
    ['a long text for a list', { paths: 'k'.repeat(41) }, '`paths` must be a list, such as `[a, b]`, not a string'],
    ['a map for a list', { paths: {} }, '`paths` must be a list, such as `[a, b]`, not a map of keys and values'],
    ['nothing for a list', { paths: null }, '`paths` must be a list, such as `[a, b]`, but is empty'],
    ['an empty list', { paths: [] }, '`paths` must have at least 1 item'],
    ['a number in a list', { paths: ['a', 1] }, 'item 2 of `paths` must be a string, not `1`'],
    ['a word with a typo', { severity: { high: 'bloc' } }, '`severity.high` must be one of `block`, `warn`, `allow`, not `bloc`'],
    ['a number that is too small', { shards: 0 }, '`shards` must be at least 1, not `0`'],
    ['a number that is too large', { shards: 21 }, '`shards` must be at most 20, not `21`'],
    ['a fraction', { shards: 1.5 }, '`shards` must be an integer, not `1.5`'],
    ['a word for a boolean', { strict: 'yes' }, '`strict` must be `true` or `false`, not `yes`'],
    ['a boolean for a text', { owner: true }, '`owner` must be a string, not `true`'],
    ['an empty text', { owner: '' }, '`owner` must not be empty'],
    ['a short text', { reason: 'short' }, '`reason` must have at least 10 characters, not `short`'],
    ['another date', { until: '31.01.2027' }, '`until` must be a date such as 2027-01-31, not `31.01.2027`'],
    ['another time', { at: '2027-01-31' }, '`at` must be a time such as 2027-01-31T12:00:00Z, not `2027-01-31`'],
    ['a message of the schema', { id: 'GHSA-1' }, '`id`: expected a CVE id'],
    ['a pattern without a message', { name: 'A' }, '`name` does not have the expected form'],
    ['a value of a map', { map: { a: 'x' } }, '`map.a` must be a number, not `x`'],
    ['a missing key', { items: [{}] }, '`rule` of item 1 of `items` is missing'],
    [
      'an item in an item',
      { items: [{ rule: 'a', files: [1] }] },
      'item 1 of `files` of item 1 of `items` must be a string, not `1`',
    ],
    ['an unknown key', { pathes: [] }, 'unknown key `pathes`; expected `paths`'],
    [
      'a misspelled key before the one that is missing for it',
      { items: [{ rulle: 'a' }] },
      'unknown key `rulle` in item 1 of `items`; expected `rule`',
    ],
    ['an unknown key of an alternative', { engine: { disabel: [] } }, 'unknown key `disabel` in `engine`; expected `disable`'],
    ['neither alternative', { either: 1 }, '`either` must be a string or a list, not `1`'],
    ['neither a word nor a map', { engine: 'off' }, '`engine` must be `false` or a map of keys and values, not `off`'],
    ['an invalid key', { keyed: { 'GHSA-1': 'x' } }, '`keyed.GHSA-1`: `CVE-…` expected'],
    ['another document', ['a'], 'the file must be a map of keys and values, not a list'],
  ])('puts into words: %s', (_what, value, expected) => {
    expect(problem(value)).toBe(expected);
  });

  it('quotes nothing of data that may contain secrets', () => {
    expect(problem({ paths: 'hunter2' }, { schema })).toBe('`paths` must be a list, such as `[a, b]`, not a string');
    expect(problem({ severity: { high: 'hunter2' } }, { schema })).not.toContain('hunter2');
  });

  it('gives the path from the root of the document, and each problem', () => {
    const { error } = schema.safeParse({ pathes: [], shards: 0, items: [{ rule: 1 }] });
    if (error === undefined) throw new Error('expected problems');
    expect(schemaProblems(error, { schema, prefix: ['spec'] }).map(({ path }) => path)).toEqual([
      ['spec', 'pathes'],
      ['spec', 'shards'],
      ['spec', 'items', 0, 'rule'],
    ]);
  });
});
