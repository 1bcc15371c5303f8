import * as z from 'zod';

const packageName = z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, 'expected a Rego package such as main or shop.images');

/** `engines.opa` of `.k8s-gate.yaml`. */
export const opaOptionsSchema = z.strictObject({
  namespaces: z
    .array(packageName)
    .min(1)
    .optional()
    .describe('Rego packages with the `deny`, `violation` and `warn` rules to evaluate. Default: all packages.'),
  combine: z
    .boolean()
    .default(false)
    .describe('Pass all resources to the rules at once, like `conftest --combine`: `input[i].contents`, `.path` and `.uid`.'),
  regoVersion: z.enum(['v1', 'v0']).default('v1').describe('`v0` for policies written before OPA 1.0 (`deny[msg] { … }`).'),
  strict: z
    .boolean()
    .default(false)
    .describe('Reject what `opa check --strict` rejects: unused variables and imports, deprecated built-in functions.'),
  data: z
    .record(z.string().regex(/^(?!k8s_gate)[A-Za-z_]\w*$/, 'expected a plain name, not starting with k8s_gate'), z.json())
    .default({})
    .describe('Available to rules as `data.<name>`, with the data files next to the policies.'),
});
export type OpaOptions = z.infer<typeof opaOptionsSchema>;
