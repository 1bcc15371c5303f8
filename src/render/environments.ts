import picomatch from 'picomatch';
import type { Environment } from '../model/config.ts';
import { isObject } from '../model/json.ts';
import type { Rendered } from './objects.ts';

/** Names of the environments a resource is deployed to: its release's, and each one with a criterion that matches. */
export function createEnvironmentMatcher(environments: readonly Environment[]): (resource: Rendered) => readonly string[] {
  const matchers = environments.map((environment) => ({ environment, paths: environment.match.paths.map(pathTest) }));
  return (resource) =>
    matchers
      .filter(
        ({ environment: { name, match }, paths }) =>
          resource.environment === name ||
          paths.some((test) => test(resource)) ||
          match.namespaces.includes(resource.namespace ?? resource.releaseNamespace ?? '') ||
          hasLabels(resource, match.labels),
      )
      .map(({ environment }) => environment.name);
}

/** A glob of files also means the chart or kustomization whose folder it covers. */
function pathTest(pattern: string): (resource: Rendered) => boolean {
  const bare = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  const glob = picomatch([bare, `${bare}/**`], { dot: true });
  return ({ source: { kind, unit } }) =>
    glob(unit) || (kind === 'kustomize' && glob(`${unit}/kustomization.yaml`)) || (kind === 'helm' && glob(`${unit}/Chart.yaml`));
}

function hasLabels(resource: Rendered, wanted: Readonly<Record<string, string>>): boolean {
  const { metadata } = resource.object;
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
