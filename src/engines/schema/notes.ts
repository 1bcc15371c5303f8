import type { Resource } from '../../model/resource.ts';
import { apiOf, isOwnGroup, misspelledGroup } from './api.ts';
import type { Crds } from './crds.ts';
import { minorsOf, type SchemaOptions } from './options.ts';

/** The versions that the set was validated for, and what of it was not validated, by kind. */
export function notesOn(resources: readonly Resource[], crds: Crds, options: SchemaOptions): readonly string[] {
  const own = resources.filter(({ standsFor }) => standsFor === undefined);
  const minors = [...new Set(own.flatMap((resource) => minorsOf(resource, options)))].toSorted((a, b) => a - b);
  const custom = own.filter(({ apiVersion, kind }) => !isOwnGroup(apiOf(apiVersion, kind).group));
  return [
    `validated for Kubernetes ${minors.map((minor) => `1.${minor}`).join(', ')}`,
    ...[...counted(custom, (resource) => (isKnown(resource, crds) ? [] : [nameOf(resource)]))].map(
      ([kind, count]) =>
        `${count} ${kind} not validated: no schema is known. Add its CustomResourceDefinition to engines.schema.crds`,
    ),
    ...[...counted(custom, (resource) => gapsOf(resource, crds))].map(
      ([gap, count]) => `${count} resource(s) validated without ${gap}, which the schema engine does not evaluate`,
    ),
    ...unusedEnvironments(own, options),
  ];
}

function nameOf({ apiVersion, kind }: Resource): string {
  return `${apiVersion} ${kind}`;
}

function schemasOf(resource: Resource, crds: Crds) {
  const { group, kind, version } = apiOf(resource.apiVersion, resource.kind);
  return crds.of(group, kind, resource).map(({ versions }) => versions.get(version));
}

/** A version that its definition does not have is reported as a finding, and so is a misspelled group. */
function isKnown(resource: Resource, crds: Crds): boolean {
  const versions = schemasOf(resource, crds);
  if (versions.length === 0) return misspelledGroup(apiOf(resource.apiVersion, resource.kind)) !== undefined;
  return versions.every((version) => version === undefined || version.schema() !== undefined);
}

function gapsOf(resource: Resource, crds: Crds): readonly string[] {
  const gaps = schemasOf(resource, crds).flatMap((version) => [...(version?.schema()?.gaps ?? [])]);
  return [...new Set(gaps)].map((gap) => `${gap} of ${nameOf(resource)}`);
}

function counted(resources: readonly Resource[], keysOf: (resource: Resource) => readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of resources.flatMap(keysOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function unusedEnvironments(resources: readonly Resource[], options: SchemaOptions): readonly string[] {
  const used = new Set(resources.flatMap(({ environments }) => environments));
  return Object.keys(options.environments)
    .filter((name) => !used.has(name))
    .map((name) => `engines.schema.environments: nothing is deployed to \`${name}\``);
}
