import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { jsonSchemas } from '../../bench/inputs/json-schemas.ts';
import { type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { root } from '../support/root.ts';

const answerSchema = z.strictObject({
  valid: z.boolean(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).default([]),
});
export type ConformAnswer = z.infer<typeof answerSchema>;

/** The result of kubeconform for each object with the engine's own schemas of 1.36, written as JSON Schema. */
export function askKubeconform(executable: string, objects: readonly JsonObject[]): readonly ConformAnswer[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'schemas-'));
  try {
    const data = readFileSync(path.join(root, 'openapi/kubernetes.json'), 'utf8');
    for (const [name, text] of jsonSchemas(data, 36)) writeFileSync(path.join(folder, name), text);
    const input = objects.map((object) => stringifyJson(object)).join('\n');
    const output = execFileSync(executable, [folder], { input, maxBuffer: 2 ** 30, encoding: 'utf8' });
    return output
      .trimEnd()
      .split('\n')
      .map((line) => answerSchema.parse(JSON.parse(line)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
