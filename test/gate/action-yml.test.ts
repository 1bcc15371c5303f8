import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { optionEntries } from '../../src/inputs/options/table.ts';
import { root } from '../support/root.ts';

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string().min(1), default: z.string() })),
    outputs: z.record(z.string(), z.object({ description: z.string().min(1) })),
    branding: z.object({ icon: z.string(), color: z.string() }),
    runs: z.object({ using: z.literal('node24'), main: z.string() }),
  })
  .parse(parse(read('action.yml')));

/** The outputs that the action's entry and its work set. */
function outputsSet(): readonly string[] {
  const code = read('src/main.ts') + read('src/action.ts');
  return [...new Set([...code.matchAll(/setOutput\('([a-z-]+)'/g)].map((match) => match[1] ?? ''))].toSorted();
}

it('declares the inputs of the table of options, with their defaults', () => {
  const inputs = optionEntries.flatMap(([, { input }]) => (input === undefined ? [] : [[input.name, input.default ?? '']]));
  expect(Object.entries(action.inputs).map(([name, input]) => [name, input.default])).toEqual(inputs);
});

it('declares the outputs that the code sets, and no others', () => {
  expect(Object.keys(action.outputs).toSorted()).toEqual(outputsSet());
});

it('names them in kebab case and starts the bundle of the action', () => {
  for (const name of [...Object.keys(action.inputs), ...Object.keys(action.outputs)]) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(action.runs.main).toBe('dist/main/index.js');
});
