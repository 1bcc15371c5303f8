import { describe, expect, it } from 'vitest';
import { configSchema } from '../schema.ts';
import { flagHelp, flagsOf, parserOptions } from './flags.ts';
import { givenFlags, givenInputs } from './given.ts';
import type { Option } from './option.ts';
import { configKeys, optionEntries } from './table.ts';

const resolve = (file: string) => `/job/${file}`;
const inputs = (values: Readonly<Record<string, string>>) => givenInputs((name) => values[name] ?? '', resolve);

describe('the table of options', () => {
  it('gives every key of the configuration a rule for what loosens it, or the decision that nothing does', () => {
    // @ts-expect-error: without `loosens` an option does not compile
    const forgotten: Option = { text: 'A key.', key: { schema: (z) => z.boolean() } };
    expect(forgotten.key).not.toHaveProperty('loosens');
    expect(configKeys.filter(({ loosens }) => loosens === 'never').map(({ name }) => name)).toEqual([
      'version',
      'timeout',
      'concurrency',
      'comment',
      'mentionOwners',
    ]);
  });

  it('has no name twice', () => {
    for (const names of [
      optionEntries.flatMap(([, { input }]) => input?.name ?? []),
      optionEntries.flatMap(([, { flag }]) => flag?.name ?? []),
      optionEntries.flatMap(([, { report, publisher }]) => report ?? publisher ?? []),
    ])
      expect(new Set(names).size).toBe(names.length);
  });

  it('describes each option in sentences', () => {
    for (const [, { text }] of optionEntries) expect(text).toMatch(/^[`A-Z].*\.$/s);
  });

  it('is the schema of the configuration', () => {
    expect(configSchema().safeParse({ version: 1, onlyNew: true, timeout: '5m' }).success).toBe(true);
    expect(configSchema().safeParse({ version: 1, 'only-new': true }).success).toBe(false);
    expect(configSchema().safeParse({ onlyNew: true }).success).toBe(false);
  });
});

describe('inputs', () => {
  it('have their defaults, and are not given if they have none', () => {
    expect(inputs({})).toMatchObject({ mode: 'judge', engines: 'strict', compare: true, suggestions: true, uploadSarif: false });
    expect(Object.keys(inputs({}))).not.toContain('onlyNew');
    expect(Object.keys(inputs({}))).not.toContain('token');
  });

  it('are read by their type', () => {
    expect(inputs({ 'only-new': 'True', concurrency: '8', paths: ' a\n\nb ', shards: 'x\ny', html: 'out.html' })).toMatchObject({
      onlyNew: true,
      concurrency: 8,
      paths: ['a', 'b'],
      shards: ['/job/x', '/job/y'],
      html: '/job/out.html',
    });
  });

  it.each([
    [{ 'only-new': 'yes' }, 'only-new: `yes` is neither true nor false'],
    [{ compare: '0' }, 'compare: `0` is neither true nor false'],
    [{ concurrency: '33' }, 'concurrency: `33` is not a number from 1 to 32'],
    [{ concurrency: '1e1' }, 'concurrency: `1e1` is not a number from 1 to 32'],
  ])('are refused: %j', (values, message) => {
    expect(() => inputs(values)).toThrow(message);
  });
});

describe('flags', () => {
  it('are read by their type; a switch may mean the opposite of its option', () => {
    expect(givenFlags({ 'allow-empty': true, 'no-cache': true, tool: ['opa=/x'], concurrency: '2' }, resolve)).toEqual({
      engines: 'auto',
      expectManifests: false,
      noCache: true,
      tools: ['opa=/x'],
      concurrency: 2,
    });
  });

  it('belong to the command that has them', () => {
    expect(Object.keys(parserOptions(flagsOf('check')))).toContain('shard');
    expect(Object.keys(parserOptions(flagsOf('merge')))).not.toContain('shard');
    expect(parserOptions(flagsOf('merge'))).toMatchObject({ path: { type: 'string', multiple: true } });
  });

  it('are all in the help, in lines that fit a terminal', () => {
    const help = flagHelp(flagsOf('check'));
    for (const { flag } of flagsOf('check')) expect(help).toContain(`  --${flag.name}`);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
  });
});
