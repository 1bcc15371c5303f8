import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { root } from './gate.ts';

const target = z.strictObject({ sense: z.enum(['at most', 'at least']), limit: z.number() });
const row = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('measured'),
    what: z.string(),
    ours: z.string(),
    other: z.string(),
    value: z.number(),
    unit: z.enum(['times', 'ms', 's', 'MB', 'findings']),
    target: target.exactOptional(),
    profile: z.array(z.string()),
  }),
  z.strictObject({ kind: z.enum(['skipped', 'broken']), what: z.string(), reason: z.string() }),
]);
/** The result of one run for one measurement, and the machine it ran on. */
const part = z.strictObject({ date: z.iso.datetime(), machine: z.array(z.string()), rows: z.array(row) });
export type Part = z.infer<typeof part>;
const parts = z.record(z.string(), part);

const file = path.join(root, 'bench', 'measured.json');

/** By letter. All of it takes half an hour, so parts can be measured again while the others are kept. */
export function readKept(): Readonly<Record<string, Part>> {
  return existsSync(file) ? parts.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

export function writeKept(kept: Readonly<Record<string, Part>>): void {
  writeFileSync(file, `${JSON.stringify(parts.parse(kept), null, 2)}\n`);
}
