import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { root } from './root.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { uri: (text: string) => URL.canParse(text) } });

/** What an editor would complain about in a file with this schema of `schemas/`. */
export function complaintsBy(schema: string): (value: unknown) => readonly string[] {
  const validate = ajv.compile(JSON.parse(readFileSync(path.join(root, 'schemas', schema), 'utf8')));
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What an editor would complain about in a `.k8s-gate.yaml`. */
export const configComplaints = complaintsBy('config.schema.json');
