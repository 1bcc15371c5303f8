import * as z from 'zod';
import { severitySchema } from '../severity-map.ts';

const checkName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected the name of a check, such as latest-tag');

/** `engines.kube-linter` of `.k8s-gate.yaml`. */
export const kubeLinterOptionsSchema = z.strictObject({
  checks: z
    .strictObject({
      addAllBuiltIn: z.boolean().default(false).describe('Every built-in check, not only those KubeLinter switches on itself.'),
      doNotAutoAddDefaults: z.boolean().default(false).describe('Only what `include` names.'),
      include: z.array(checkName).default([]).describe('Checks to add.'),
      exclude: z.array(checkName).default([]).describe('Checks to leave out; wins over `include`.'),
    })
    .prefault({})
    .describe(
      "What is checked, in the words of KubeLinter's own configuration. `ignorePaths` is not among them: nothing is left out.",
    ),
  severity: z
    .record(checkName, severitySchema)
    .default({})
    .describe('Severity of a check, over that of `policies/severity.yaml`.'),
});
export type KubeLinterOptions = z.infer<typeof kubeLinterOptionsSchema>;
