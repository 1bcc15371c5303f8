import type { Destination } from '../gitops/deployable.ts';
import type { Environment, GitopsCluster } from '../model/config.ts';

/** Names of the environments that a pointer deploys to, by what its destination says: a cluster, a project or a namespace. */
export function createDestinationMatcher(
  environments: readonly Environment[],
  clusters: readonly GitopsCluster[],
): (destination: Destination) => readonly string[] {
  return ({ cluster, server, namespace, project }) => {
    const named = clusters.filter(
      ({ name, server: url }) => name === cluster || (server !== undefined && bare(url) === bare(server)),
    );
    const known = new Set(
      [cluster, server, ...named.flatMap((one) => [one.name, one.server])].flatMap((one) => (one ? [bare(one)] : [])),
    );
    return environments
      .filter(
        ({ match }) =>
          (match.clusters ?? []).some((one) => known.has(bare(one))) ||
          (project !== undefined && (match.projects ?? []).includes(project)) ||
          (namespace !== undefined && match.namespaces.includes(namespace)),
      )
      .map(({ name }) => name);
  };
}

function bare(url: string): string {
  return url.replace(/\/+$/, '');
}
