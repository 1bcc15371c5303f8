import path from 'node:path';
import type { GateConfig, HelmChart } from '../model/config.ts';
import type { GateError } from '../model/gate-error.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { SourceSet } from '../model/source-set.ts';
import type { Ports } from '../ports/ports.ts';
import { chartPart, findCharts } from './charts.ts';
import { findKustomizations } from './kustomizations.ts';
import { findPlain, isYamlOrJson, skippedUnit, symlinkRefused } from './plain.ts';
import { findPolicies } from './policies.ts';
import { shown } from './selection.ts';
import { openWorkspace } from './workspace.ts';

/**
 * Finds what there is to judge. Each file has one part: of a chart, of a kustomization, a policy, or a manifest of its own.
 * What can't be read is a failure beside the rest, never an end.
 */
export async function discover(config: GateConfig, ports: Pick<Ports, 'files'>): Promise<SourceSet> {
  const workspace = await openWorkspace(config, ports.files);
  const policies = await findPolicies(config, workspace);
  const charts = await findCharts(config, workspace);
  const values = new Set(charts.charts.flatMap(valuesOf));
  const isChartPart = (file: string) => values.has(file) || charts.folders.some((folder) => chartPart(file, folder));
  const kustomizations = await findKustomizations(workspace, (file) => isChartPart(file) || policies.isPolicy(file));

  const own: string[] = [];
  const skipped: SourceUnit[] = [];
  const failures: GateError[] = [];
  for (const { path: file, kind } of workspace.selected) {
    if (policies.isPolicy(file) || isChartPart(file) || kustomizations.used.has(file)) continue;
    if (kind === 'symlink') {
      if (isYamlOrJson(file)) failures.push(symlinkRefused(file));
      else if (!/\.[A-Za-z0-9]+$/.test(file)) skipped.push(skippedUnit(file, 'a symlink, which is not followed'));
    } else if (isYamlOrJson(file)) own.push(file);
  }
  const plain = await findPlain(own, workspace);
  return {
    plain: plain.plain,
    charts: charts.charts,
    kustomizations: kustomizations.kustomizations,
    policies: policies.policies,
    skipped: [
      ...plain.skipped,
      ...skipped,
      ...[...charts.skipped].map(([folder, reason]) => skippedUnit(shown(folder), reason, 'helm')),
      ...kustomizations.skipped,
      ...policies.skipped,
    ],
    failures: [
      ...workspace.failures,
      ...policies.failures,
      ...charts.failures,
      ...kustomizations.failures,
      ...plain.failures,
      ...failures,
    ],
    gaps: [],
  };
}

/** Values files may have any name and stand outside the chart. */
function valuesOf(chart: HelmChart): readonly string[] {
  return chart.releases.flatMap((release) => release.values.map((file) => path.posix.join(chart.path, file)));
}
