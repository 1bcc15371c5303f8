import * as z from 'zod';

/** `engines.cel` of `.k8s-gate.yaml`. */
export const celOptionsSchema = z.strictObject({
  pack: z.boolean().default(true).describe('Judge by the policies that k8s-gate ships.'),
  enable: z.array(z.string().min(1)).default([]).describe('Policies of the pack that are off unless they are named here.'),
  disable: z.array(z.string().min(1)).default([]).describe('Policies of the pack that are not used.'),
  params: z
    .record(z.string().min(1), z.record(z.string().min(1), z.string()))
    .default({})
    .describe('Parameters by policy of the pack: each replaces a key of the ConfigMap that stands beside the policy.'),
});
export type CelOptions = z.infer<typeof celOptionsSchema>;
