import type { ImageInventory, ImagePackage } from '../model/image-inventory.ts';
import { oneLine } from './text.ts';

/** What a bill of materials states of an image in addition to its packages, by the names of both formats. */
export function factsOf({ workloads, packages }: ImageInventory): readonly { readonly name: string; readonly value: string }[] {
  const environments = [...new Set(workloads.flatMap((workload) => workload.environments))].toSorted();
  const resources = new Set(workloads.map(({ resource }) => resource));
  return [
    ...[...resources].map((resource) => ({ name: 'k8s-gate:workload', value: oneLine(resource) })),
    ...environments.map((environment) => ({ name: 'k8s-gate:environment', value: oneLine(environment) })),
    ...(packages === undefined ? [{ name: 'k8s-gate:not-scanned', value: 'true' }] : []),
  ];
}

/** Trivy lists a package once for each file that contains it. */
export function uniquePackages({ packages = [] }: ImageInventory): readonly ImagePackage[] {
  return [...new Map(packages.map((one) => [JSON.stringify(one), one])).values()];
}
