import * as z from 'zod';

/** `engines.gatekeeper` of `.k8s-gate.yaml`. */
export const gatekeeperOptionsSchema = z.strictObject({
  namespaces: z
    .record(z.string().min(1), z.record(z.string(), z.string()))
    .default({})
    .describe(
      'Labels of namespaces that exist in the cluster, for Constraints with a `namespaceSelector`. They take precedence over Namespace manifests.',
    ),
});
export type GatekeeperOptions = z.infer<typeof gatekeeperOptionsSchema>;
