import * as z from 'zod';
import { durationSchema } from '../duration-schema.ts';
import { globsSchema } from '../result-files.ts';
import { severitySchema } from '../severity-map.ts';

const absolute = z.string().regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))/, 'expected an absolute path');

/** `engines.kube-bench` of `.k8s-gate.yaml`. */
export const kubeBenchOptionsSchema = z.strictObject({
  results: globsSchema.default([]).describe('Files that `kube-bench run --json` wrote earlier, relative to the repository.'),
  maxAge: durationSchema
    .default('7d')
    .describe(
      'A result file with an older modification time is an error. A checkout resets this time, so do not commit result files.',
    ),
  run: z
    .boolean()
    .default(false)
    .describe('Run kube-bench on this machine. It has to be a node of the cluster, and the user root.'),
  path: absolute.optional().describe('The executable for `run`, outside the repository. Default: `kube-bench` from the PATH.'),
  configDir: absolute
    .optional()
    .describe("kube-bench's `cfg` folder. Default: the one next to the executable, or kube-bench's own default."),
  targets: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/))
    .default([])
    .describe('For `run`: `master`, `node`, `etcd`, `policies` … Default: detected by kube-bench.'),
  benchmark: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/)
    .optional()
    .describe('For `run`: the benchmark, such as `cis-1.11`. Default: by the version of the cluster.'),
  severity: z
    .record(z.string().min(1), severitySchema)
    .default({})
    .describe('Severity of a test by its number (`1.2.1`). Overrides `policies/severity.yaml`.'),
});
export type KubeBenchOptions = z.infer<typeof kubeBenchOptionsSchema>;
