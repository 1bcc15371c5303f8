import * as z from 'zod';

/** `engines.kyverno` of `.k8s-gate.yaml`. */
export const kyvernoOptionsSchema = z.strictObject({
  namespaces: z
    .record(z.string().min(1), z.record(z.string(), z.string()))
    .default({})
    .describe(
      'Labels of namespaces that exist in the cluster, for policies with a `namespaceSelector`. They take precedence over Namespace manifests.',
    ),
});
export type KyvernoOptions = z.infer<typeof kyvernoOptionsSchema>;
