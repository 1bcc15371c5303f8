import path from 'node:path';
import type { GateConfig, HelmChart, HelmRelease } from '../model/config.ts';
import { isInside, shown } from '../model/paths.ts';
import type { ChartFile } from './chart-file.ts';
import { isKustomizationFile } from './kustomization-file.ts';
import { normalize } from './selection.ts';
import type { Workspace } from './workspace.ts';

/** A chart with the releases of the configuration, or those derived from its values files. */
export function withReleases({ folder, name }: ChartFile, config: GateConfig, workspace: Workspace): HelmChart {
  const configured = config.helm.charts.find((chart) => normalize(chart.path) === folder);
  const releases = (configured?.releases ?? []).filter(
    ({ values }) => !values.some((file) => workspace.isRemoved(path.posix.join(folder, file))),
  );
  return {
    path: shown(folder),
    releaseName: configured === undefined || configured.releaseName === '' ? releaseName(name) : configured.releaseName,
    namespace: configured?.namespace ?? 'default',
    ...(configured?.hasNamespace === true && { hasNamespace: true }),
    releases: releases.length > 0 ? releases : releasesByName(folder, workspace),
  };
}

/**
 * Common names for values files of an environment. chart-testing's `ci/*-values.yaml` belong to no environment: each is a way to install
 * the chart. https://github.com/helm/chart-testing#configuration
 */
const valuesNames: readonly RegExp[] = [
  /^values[-._](?!schema\.json$)(?<environment>[^/]+)\.(?:ya?ml|json)$/i,
  /^(?<environment>[^/]+)[-._]values\.(?:ya?ml|json)$/i,
  /^values\/(?<environment>[^/]+)\.ya?ml$/,
  /^env(?:s|ironments?)?\/(?<environment>[^/]+)\/values\.ya?ml$/,
  /^env(?:s|ironments?)?\/(?:values[-._])?(?<environment>[^/]+)\.ya?ml$/,
  /^ci\/(?:[^/]+[-._])?values\.ya?ml$/,
];

function releasesByName(folder: string, workspace: Workspace): readonly HelmRelease[] {
  const found = [...workspace.all].flatMap(([file, { kind }]): readonly HelmRelease[] => {
    if (!isInside(file, folder) || isKustomizationFile(file)) return [];
    const target = kind === 'symlink' ? workspace.links.get(file) : file;
    if (target === undefined || workspace.all.get(target)?.kind !== 'file') return [];
    const name = folder === '' ? file : file.slice(folder.length + 1);
    const pattern = valuesNames.find((one) => one.test(name));
    if (pattern === undefined) return [];
    const environment = pattern.exec(name)?.groups?.environment;
    const values = target === file ? name : path.posix.relative(folder, target);
    return [{ ...(environment !== undefined && { environment }), values: [values] }];
  });
  return [{ values: [] }, ...found];
}

/** Helm requires release names to be DNS labels of at most 53 characters; a chart's name may be longer. */
function releaseName(chart: string): string {
  return (
    chart
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '-')
      .slice(0, 53)
      .replaceAll(/^-+|-+$/g, '') || 'release'
  );
}
