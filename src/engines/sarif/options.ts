import * as z from 'zod';
import { durationSchema } from '../duration-schema.ts';
import { globsSchema } from '../result-files.ts';
import { severitySchema } from '../severity-map.ts';

/** `engines.sarif` of `.k8s-gate.yaml`. */
export const sarifOptionsSchema = z.strictObject({
  files: globsSchema.default([]).describe('SARIF 2.1.0 files of other scanners, relative to the repository.'),
  maxAge: durationSchema
    .optional()
    .describe('An older result is an error, by the time in the file and by its modification time. Default: no limit.'),
  severity: z
    .record(z.string().min(1), severitySchema)
    .default({})
    .describe('Severity of a rule: `Checkov/CKV_K8S_8`, or `CKV_K8S_8` of any scanner.'),
});
export type SarifOptions = z.infer<typeof sarifOptionsSchema>;
