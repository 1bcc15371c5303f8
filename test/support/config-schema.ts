import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { root } from './root.ts';

export const configSchemaFile = path.join(root, 'schemas', 'config.schema.json');
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { uri: (text: string) => URL.canParse(text) } });
const validate = ajv.compile(JSON.parse(readFileSync(configSchemaFile, 'utf8')));

/** What an editor would complain about in a `.k8s-gate.yaml`. */
export function configComplaints(config: unknown): readonly string[] {
  return validate(config) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
