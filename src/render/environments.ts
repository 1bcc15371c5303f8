import picomatch from 'picomatch';
import type { Environment } from '../model/config.ts';
import { isObject } from '../model/json.ts';
import { isClusterScoped } from '../model/own-kinds.ts';
import type { Rendered } from './objects.ts';

/**
 * Names of the environments a resource is deployed to: its release's, and each one with a criterion that matches. A resource that leaves its
 * namespace to whoever applies it may reach each environment that is known by its namespaces, so it belongs to all of these, unless its
 * release or its path names where it is deployed. Its labels do not: they are written in the manifest that left the namespace out. The same
 * goes for a release whose namespace nothing names: in addition to those with values for an environment, the chart's own values may be installed anywhere.
 */
export function createEnvironmentMatcher(environments: readonly Environment[]): (resource: Rendered) => readonly string[] {
  const matchers = environments.map((environment) => ({ environment, paths: environment.match.paths.map(pathTest) }));
  return (resource) => {
    const namespace = resource.namespace ?? resource.releaseNamespace;
    const bySource = matchers.filter(
      ({ environment: { name }, paths }) => resource.environment === name || paths.some((test) => test(resource)),
    );
    const mayReach = namespace === undefined && bySource.length === 0 && !isClusterScoped(resource);
    return matchers
      .filter(
        (matcher) =>
          bySource.includes(matcher) ||
          isInNamespace(matcher.environment, namespace, mayReach) ||
          hasLabels(resource, matcher.environment.match.labels),
      )
      .map(({ environment }) => environment.name);
  };
}

function isInNamespace({ match }: Environment, namespace: string | undefined, mayReach: boolean): boolean {
  return namespace === undefined ? mayReach && match.namespaces.length > 0 : match.namespaces.includes(namespace);
}

/** A glob of files also means the chart or kustomization whose folder it covers. A name may hold line breaks, which `**` covers as well. */
function pathTest(pattern: string): (resource: Rendered) => boolean {
  const bare = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  const glob = picomatch([bare, `${bare}/**`], { dot: true, flags: 's' });
  return ({ source: { kind, unit } }) =>
    glob(unit) || (kind === 'kustomize' && glob(`${unit}/kustomization.yaml`)) || (kind === 'helm' && glob(`${unit}/Chart.yaml`));
}

function hasLabels(resource: Rendered, wanted: Readonly<Record<string, string>>): boolean {
  const { metadata } = resource.object;
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
