import * as z from 'zod';

/** `engines.cel` of `.k8s-gate.yaml`. */
export const celOptionsSchema = z.strictObject({
  pack: z.boolean().default(true).describe('Evaluate the policies that k8s-gate ships.'),
  enable: z.array(z.string().min(1)).default([]).describe('Policies of the pack to enable that are off by default.'),
  disable: z.array(z.string().min(1)).default([]).describe('Policies of the pack to disable.'),
  params: z
    .record(z.string().min(1), z.record(z.string().min(1), z.string()))
    .default({})
    .describe('Parameters of policies of the pack, which replace keys of the ConfigMap next to the policy.'),
  autogen: z
    .boolean()
    .default(false)
    .describe('Evaluate your own policies about pods for the pod templates of workloads as well, as Kyverno does.'),
  paramsFromManifests: z
    .boolean()
    .default(false)
    .describe(
      'Accept parameters (`paramRef`) that are deployed with the resource in the same environment, although a change can edit them. If false, only failures are reported.',
    ),
});
export type CelOptions = z.infer<typeof celOptionsSchema>;
