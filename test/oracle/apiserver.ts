import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { isObject, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { readManifests } from '../../src/yaml/manifests.ts';
import { readObjects } from '../../src/yaml/objects.ts';

const answerSchema = z.strictObject({
  accepted: z.boolean(),
  errors: z.array(z.strictObject({ type: z.string(), field: z.string().optional(), detail: z.string() })).default([]),
});
export type ApiAnswer = z.infer<typeof answerSchema>;

/** What the API server's own code answers to the creation of each object. */
export function askApiServer(executable: string, objects: readonly JsonObject[]): readonly ApiAnswer[] {
  const input = objects.map((object) => stringifyJson(object)).join('\n');
  const output = execFileSync(executable, { input, maxBuffer: 2 ** 30, encoding: 'utf8' });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => answerSchema.parse(JSON.parse(line)));
}

const folder = path.join(import.meta.dirname, 'corpus');

/** Valid objects of every built-in kind, with most of their fields. */
export function corpus(): readonly JsonObject[] {
  return readdirSync(folder).flatMap((file) => objectsOf(file, readFileSync(path.join(folder, file), 'utf8')));
}

export function objectsOf(file: string, text: string): readonly JsonObject[] {
  return readManifests({ file, text }).documents.flatMap(({ value }) =>
    readObjects(value).flatMap((reading) =>
      reading.is === 'object' && isObject(reading.identity.object) ? [reading.identity.object] : [],
    ),
  );
}
