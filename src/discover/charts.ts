import type { GateConfig, HelmChart } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { folderOf, inFolder } from '../model/paths.ts';
import type { ChartNames, NestedChart } from '../model/source-set.ts';
import { isTemplateText } from '../yaml/foreign.ts';
import { type ChartFile, chartFolders, isChartPart, namesInside, parentOf, readChartFile } from './chart-file.ts';
import { withReleases } from './chart-releases.ts';
import { normalize } from './selection.ts';
import type { Workspace } from './workspace.ts';

export interface ChartsFound {
  readonly charts: readonly HelmChart[];
  readonly nested: readonly NestedChart[];
  readonly names: ChartNames;
  /** The folders of all charts, rendered or not. */
  readonly folders: readonly string[];
  /** Chart folder -> why it is not rendered on its own. */
  readonly skipped: ReadonlyMap<string, string>;
  readonly gaps: readonly Gap[];
  readonly failures: readonly GateError[];
}

/**
 * Charts with at least one selected file. A chart inside another's `charts/` is only part of it if Helm renders it or if the base already
 * had it there: otherwise a change could hide any chart by adding a `Chart.yaml` above it.
 */
export async function findCharts(config: GateConfig, workspace: Workspace): Promise<ChartsFound> {
  const before = workspace.hasBase ? chartFolders(workspace.trusted) : undefined;
  const { charts: every, gaps, failures } = await readAll(workspace, before);
  const judged = every.filter(({ folder }) => isJudged(folder, workspace));
  const folders = judged.map(({ folder }) => folder);
  const charts: HelmChart[] = [];
  const nested: NestedChart[] = [];
  const skipped = new Map<string, string>();
  for (const chart of judged) {
    const { folder, isLibrary } = chart;
    const parent = judged.find((other) => other.folder === parentOf(folder, folders));
    if (isLibrary) {
      if (parent === undefined) skipped.set(folder, 'a library chart, which renders nothing on its own');
    } else if (parent === undefined) charts.push(withReleases(chart, config, workspace));
    else
      nested.push({
        chart: withReleases(chart, config, workspace),
        parent: parent.folder,
        wasNested: before === undefined ? !parent.isLibrary : parentOf(folder, before) === parent.folder,
        wasAlone: before !== undefined && wasAlone(folder, before),
      });
  }
  const all = every.map(({ folder }) => folder);
  return {
    charts,
    nested,
    names: namesOf(every),
    folders: all,
    skipped,
    gaps,
    failures: [...failures, ...unknownCharts(config, workspace)],
  };
}

function isJudged(folder: string, workspace: Workspace): boolean {
  return (
    !workspace.isExcluded(inFolder(folder, 'Chart.yaml')) && workspace.selected.some(({ path }) => isChartPart(path, folder))
  );
}

/** The base has it as a separate chart, so it is also installed on its own with its own values, regardless of a new parent. */
function wasAlone(folder: string, before: readonly string[]): boolean {
  return before.some(
    (other) => parentOf(other, before) === undefined && (other === folder || folderOf(other) === folderOf(folder)),
  );
}

/** A nested chart that the base had as well does not have to be read: Helm reads it with its parent. */
async function readAll(
  workspace: Workspace,
  before: readonly string[] | undefined,
): Promise<{ readonly charts: readonly ChartFile[] } & Pick<ChartsFound, 'gaps' | 'failures'>> {
  const charts: ChartFile[] = [];
  const gaps: Gap[] = [];
  const failures: GateError[] = [];
  const folders = chartFolders(workspace);
  for (const folder of folders) {
    try {
      const chart = await readChartFile(folder, workspace);
      if (chart !== undefined) charts.push(chart);
    } catch (thrown) {
      const parent = parentOf(folder, folders);
      const canWait = parent !== undefined && (before === undefined || parentOf(folder, before) === parent);
      if (!isJudged(folder, workspace) || canWait) continue;
      const gap = await templated(folder, workspace);
      if (gap === undefined) failures.push(toGateError(thrown));
      else gaps.push(gap);
    }
  }
  return { charts, gaps, failures };
}

/** A project template, such as one of cookiecutter, has a Chart.yaml that Helm cannot read either. Where the base had a chart, it is an error. */
async function templated(folder: string, workspace: Workspace): Promise<Gap | undefined> {
  const file = inFolder(folder, 'Chart.yaml');
  const text = await workspace.readText(file).catch(() => '');
  if (!isTemplateText(text)) return undefined;
  return {
    file,
    line: 1,
    subject: `chart ${folder}`,
    reason: 'its Chart.yaml is templated text, which Helm cannot read until it is rendered',
    next: 'Render it in a step before the gate and list the output under `generated` of .k8s-gate.yaml; or exclude the folder.',
    unit: folder,
  };
}

function namesOf(charts: readonly ChartFile[]): ChartNames {
  return new Map(charts.map((chart) => [chart.folder, namesInside(chart, charts)]));
}

function unknownCharts(config: GateConfig, workspace: Workspace): readonly GateError[] {
  const folders = chartFolders(workspace);
  return config.helm.charts
    .map(({ path }, index) => ({ path, setting: { path: ['helm', 'charts', index, 'path'], text: path } }))
    .filter(
      (chart) => !folders.includes(normalize(chart.path)) && !workspace.isRemoved(inFolder(normalize(chart.path), 'Chart.yaml')),
    )
    .map(
      (chart) =>
        new GateError('CONFIG_INVALID', {
          message: `helm.charts names ${chart.path}, which has no Chart.yaml`,
          setting: chart.setting,
          expected: 'the folder of a chart, relative to the repository',
          next: 'Correct the path.',
        }),
    );
}
