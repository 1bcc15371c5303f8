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
    .describe('A result file modified longer ago is an error. A checkout makes files new: keep results out of git.'),
  run: z.boolean().default(false).describe('Run kube-bench here. Only on a node of the cluster, as root, it sees anything.'),
  path: absolute.optional().describe('The executable for `run`, outside the repository; left out, `kube-bench` of the PATH.'),
  configDir: absolute
    .optional()
    .describe("kube-bench's `cfg` folder; left out, the one beside the executable, or its own default."),
  targets: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/))
    .default([])
    .describe('For `run`: `master`, `node`, `etcd`, `policies` …; left out, what kube-bench finds itself.'),
  benchmark: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/)
    .optional()
    .describe('For `run`: the benchmark, such as `cis-1.11`; left out, by the version of the cluster.'),
  severity: z
    .record(z.string().min(1), severitySchema)
    .default({})
    .describe('Severity of a test by its number (`1.2.1`), over that of `policies/severity.yaml`.'),
});
export type KubeBenchOptions = z.infer<typeof kubeBenchOptionsSchema>;
