import * as z from 'zod';
import { minors, newestMinor } from '../../model/discovery.ts';
import type { Resource } from '../../model/resource.ts';

const [oldest, newest] = [minors[0], newestMinor];
const version = z
  .string()
  .regex(
    new RegExp(`^v?1\\.(?:${minors.join('|')})(?:\\.\\d+)?$`),
    `expected a Kubernetes version from 1.${oldest} to 1.${newest}, in quotes`,
  );

/** `engines.schema` of `.k8s-gate.yaml`. */
export const schemaOptionsSchema = z.strictObject({
  kubernetesVersion: version
    .optional()
    .describe(`Kubernetes version of the clusters: 1.${oldest} to 1.${newest}. Default: 1.${newest}.`),
  environments: z
    .record(z.string().min(1), version)
    .default({})
    .describe('Kubernetes version by environment. A resource of several environments is validated for each of their versions.'),
  crds: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Folders or globs of CustomResourceDefinitions that exist in the clusters but are not deployed from this repository. CRDs among the checked manifests need no entry.',
    ),
});
export type SchemaOptions = z.infer<typeof schemaOptionsSchema>;

/** The minors that a resource is deployed to: 37 is Kubernetes 1.37. Never empty. */
export function minorsOf({ environments }: Pick<Resource, 'environments'>, options: SchemaOptions): readonly number[] {
  const otherwise = minorOf(options.kubernetesVersion) ?? newestMinor;
  if (environments.length === 0) return [otherwise];
  const named = environments.map((name) =>
    minorOf(Object.hasOwn(options.environments, name) ? options.environments[name] : undefined),
  );
  return [...new Set(named.map((minor) => minor ?? otherwise))];
}

function minorOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.split('.')[1]);
}
