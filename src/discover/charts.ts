import path from 'node:path';
import * as z from 'zod';
import type { GateConfig, HelmChart, HelmRelease } from '../model/config.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { folderOf, inFolder, isInside, normalize, shown } from './selection.ts';
import type { Workspace } from './workspace.ts';

export interface ChartsFound {
  readonly charts: readonly HelmChart[];
  /** Folder of every chart, rendered or not. */
  readonly folders: readonly string[];
  /** Chart folder -> why it is not rendered by itself. */
  readonly skipped: ReadonlyMap<string, string>;
  readonly failures: readonly GateError[];
}

const chartSchema = z.looseObject({ name: z.string().min(1), type: z.string().optional() });

/** Charts of which at least one file is to be judged; a chart inside another one's `charts/` is part of it. */
export async function findCharts(config: GateConfig, workspace: Workspace): Promise<ChartsFound> {
  const every = [...workspace.all.keys()].filter((file) => /(?:^|\/)Chart\.yaml$/.test(file)).map(folderOf);
  const folders = every.filter((folder) => !every.some((other) => isSubchart(folder, other)));
  const charts: HelmChart[] = [];
  const skipped = new Map<string, string>();
  const failures: GateError[] = [];
  for (const folder of folders) {
    const isOwn = (file: string) => chartPart(file, folder);
    if (workspace.isExcluded(inFolder(folder, 'Chart.yaml')) || !workspace.selected.some(({ path }) => isOwn(path))) continue;
    try {
      const chart = await readChart(folder, workspace);
      if (chart.type === 'library') skipped.set(folder, 'a library chart, which renders nothing by itself');
      else charts.push(withReleases(folder, chart.name, config, workspace));
    } catch (thrown) {
      failures.push(toGateError(thrown));
    }
  }
  const unknown = config.helm.charts.filter(
    (chart) => !every.includes(normalize(chart.path)) && !workspace.isRemoved(inFolder(normalize(chart.path), 'Chart.yaml')),
  );
  return { charts, folders, skipped, failures: [...failures, ...unknown.map(noSuchChart)] };
}

function isSubchart(folder: string, parent: string): boolean {
  return folder !== parent && isInside(folder, inFolder(parent, 'charts'));
}

/** What Helm reads of a chart's folder. Any other file there is judged by its content, as if there were no chart. */
export function chartPart(file: string, folder: string): boolean {
  if (!isInside(file, folder)) return false;
  const rest = folder === '' ? file : file.slice(folder.length + 1);
  return (
    /^(?:templates|charts|crds|files|ci)\//.test(rest) || /^(?:Chart\.(?:yaml|lock)|values[^/]*\.(?:ya?ml|json))$/.test(rest)
  );
}

async function readChart(folder: string, workspace: Workspace): Promise<z.infer<typeof chartSchema>> {
  const file = inFolder(folder, 'Chart.yaml');
  if (workspace.all.get(file)?.kind === 'symlink')
    throw new GateError('RENDER_REFUSED', { file, message: 'is a symlink', expected: 'a regular file' });
  const [document] = parseYaml({ file, text: await workspace.readText(file) });
  const parsed = chartSchema.safeParse(document?.value);
  if (parsed.success) return parsed.data;
  throw new GateError('RENDER_FAILED', {
    file,
    line: document?.line ?? 1,
    message: 'the chart has no name',
    expected: '`name: …`',
  });
}

function withReleases(folder: string, name: string, config: GateConfig, workspace: Workspace): HelmChart {
  const configured = config.helm.charts.find((chart) => normalize(chart.path) === folder);
  const releases = (configured?.releases ?? []).filter(
    ({ values }) => !values.some((file) => workspace.isRemoved(path.posix.join(folder, file))),
  );
  return {
    path: shown(folder),
    releaseName: configured === undefined || configured.releaseName === '' ? releaseName(name) : configured.releaseName,
    namespace: configured?.namespace ?? 'default',
    releases: releases.length > 0 ? releases : releasesByName(folder, workspace),
  };
}

/** `values-production.yaml` and `values.production.yaml` are a release each, beside the one of the chart's own values. */
function releasesByName(folder: string, workspace: Workspace): readonly HelmRelease[] {
  const found = [...workspace.all.keys()].flatMap((file): readonly HelmRelease[] => {
    if (folderOf(file) !== folder) return [];
    const name = folder === '' ? file : file.slice(folder.length + 1);
    const environment = /^values[-.](.+)\.ya?ml$/.exec(name)?.[1];
    return environment === undefined ? [] : [{ environment, values: [name] }];
  });
  return [{ values: [] }, ...found];
}

/** Helm refuses a release name that is no DNS label of at most 53 characters; a chart's name may be longer. */
function releaseName(chart: string): string {
  return (
    chart
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '-')
      .slice(0, 53)
      .replaceAll(/^-+|-+$/g, '') || 'release'
  );
}

function noSuchChart(chart: HelmChart): GateError {
  return new GateError('CONFIG_INVALID', {
    message: `helm.charts names ${chart.path}, which has no Chart.yaml`,
    expected: 'the folder of a chart, relative to the repository',
    next: 'Correct the path.',
  });
}
