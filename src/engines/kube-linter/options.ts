import * as z from 'zod';
import { severitySchema } from '../severity-map.ts';

const checkName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected the name of a check, such as latest-tag');

/** `engines.kube-linter` of `.k8s-gate.yaml`. */
export const kubeLinterOptionsSchema = z.strictObject({
  checks: z
    .strictObject({
      addAllBuiltIn: z
        .boolean()
        .default(false)
        .describe('Enable every built-in check, not only those that KubeLinter enables by default.'),
      doNotAutoAddDefaults: z.boolean().default(false).describe('Only the checks in `include`.'),
      include: z.array(checkName).default([]).describe('Additional checks.'),
      exclude: z.array(checkName).default([]).describe('Checks to exclude; takes precedence over `include`.'),
    })
    .prefault({})
    .describe("Enabled checks, as in KubeLinter's own configuration. `ignorePaths` is not supported: no file is skipped."),
  severity: z.record(checkName, severitySchema).default({}).describe('Severity of a check. Overrides `policies/severity.yaml`.'),
});
export type KubeLinterOptions = z.infer<typeof kubeLinterOptionsSchema>;
