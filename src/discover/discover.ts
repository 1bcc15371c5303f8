import path from 'node:path';
import type { GateConfig, HelmChart } from '../model/config.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { GateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import { shown } from '../model/paths.ts';
import { changesPods } from '../model/pod-changes.ts';
import type { Leftover, PlainSource, SourceSet } from '../model/source-set.ts';
import type { Sources } from '../model/sources.ts';
import { grantsByRule } from '../model/unseen-effects.ts';
import type { Ports, WalkedFile } from '../ports/ports.ts';
import { chartFolders, isChartPart } from './chart-file.ts';
import { findCharts } from './charts.ts';
import { findKustomizations } from './kustomizations.ts';
import { findOwnFiles } from './own-files.ts';
import { findPlain, isYamlOrJson, skippedUnit, symlinkRefused } from './plain.ts';
import { findPolicies, isPolicyDocument } from './policies.ts';
import { unevaluated, unreadFolders } from './unevaluated.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/**
 * Finds everything to judge. Each file has one role: part of a chart, part of a kustomization, a policy, or a plain manifest. Unreadable
 * files are reported as failures together with the rest.
 */
export async function discover(
  config: GateConfig,
  ports: Pick<Ports, 'files'>,
  sources?: Pick<Sources, 'base'>,
): Promise<SourceSet> {
  const workspace = await openWorkspace(config, ports.files);
  const policies = await findPolicies(config, workspace);
  const charts = await findCharts(config, workspace);
  const values = new Set([...charts.charts, ...charts.nested.map(({ chart }) => chart)].flatMap(valuesOf));
  const isOfChart = (file: string) => values.has(file) || charts.folders.some((folder) => isChartPart(file, folder));
  const chartsBefore = workspace.hasBase ? chartFolders(workspace.trusted) : charts.folders;
  // A new chart does not prevent the kustomization from being built.
  const isOther = (file: string) => chartsBefore.some((folder) => isChartPart(file, folder)) && isOfChart(file);
  const kustomizations = await findKustomizations(config, workspace, isOther, sources);
  const isOwn = await findOwnFiles(workspace, kustomizations.before);
  const leftovers = new Map(kustomizations.leftovers.map((leftover) => [leftover.file, leftover]));

  const own: WalkedFile[] = [];
  const left: Leftover[] = [];
  const parts = new Set<string>();
  for (const file of workspace.selected) {
    const leftover = leftovers.get(file.path) ?? (isOfChart(file.path) ? { file: file.path, isPatch: false } : undefined);
    if (kustomizations.used.has(file.path) || leftover !== undefined) parts.add(file.path);
    if (kustomizations.used.has(file.path)) continue;
    if (leftover === undefined) own.push(file);
    else if (file.kind === 'file' && isYamlOrJson(file.path)) left.push({ ...leftover, isOwn: isOwn(file.path) });
  }
  const { links, failures } = linksOf(own, workspace);
  const files = own.filter((file) => isManifestFile(file, workspace)).map(({ path: file }) => file);
  const plain = await findPlain(files, workspace);
  return {
    files: [...workspace.all.keys()],
    links: workspace.links,
    plain: plain.plain
      .map((source) => (policies.isPolicy(source.path) ? withoutPolicies(source) : source))
      .filter(({ documents }) => documents.length > 0)
      .map((source) => placedAt(source, workspace.links.get(source.path))),
    charts: charts.charts,
    nestedCharts: charts.nested,
    chartNames: charts.names,
    kustomizations: kustomizations.kustomizations,
    kustomizeContents: kustomizations.contents,
    bases: kustomizations.bases,
    leftovers: left,
    parts,
    policies: policies.policies,
    skipped: [
      ...plain.skipped.filter(({ path: file }) => !policies.isPolicy(file)),
      ...links,
      ...[...charts.skipped].map(([folder, reason]) => skippedUnit(shown(folder), reason, 'helm')),
      ...kustomizations.skipped,
      ...policies.skipped,
    ],
    gaps: [...charts.gaps, ...kustomizations.gaps, ...unevaluated(workspace.selected), ...unreadFolders(workspace)],
    failures: [
      ...workspace.failures,
      ...policies.failures,
      ...charts.failures,
      ...kustomizations.failures,
      // An unreadable policy is reported by findPolicies.
      ...plain.failures.filter(({ details: { file } }) => file === undefined || !policies.isPolicy(file)),
      ...failures,
    ],
  };
}

/** A symlink to a file of the repository is deployed like that file, under its own path. */
function isManifestFile({ kind, path: file }: WalkedFile, { all, links }: Workspace): boolean {
  return isYamlOrJson(file) && (kind === 'file' || all.get(links.get(file) ?? '')?.kind === 'file');
}

/** Other symlinks are not followed: one in the place of a manifest is a failure, others are listed as skipped. */
function linksOf(
  own: readonly WalkedFile[],
  workspace: Workspace,
): { readonly links: readonly SourceUnit[]; readonly failures: readonly GateError[] } {
  const all = own.filter((file) => file.kind === 'symlink' && !isManifestFile(file, workspace)).map(({ path: file }) => file);
  return {
    failures: all.filter(isYamlOrJson).map(symlinkRefused),
    links: all
      .filter((file) => !isYamlOrJson(file) && !/\.[A-Za-z0-9]+$/.test(file))
      .map((file) => skippedUnit(file, 'a symlink, which is not followed')),
  };
}

/** Locations refer to the target of a symlink. */
function placedAt(source: PlainSource, target: string | undefined): PlainSource {
  if (target === undefined) return source;
  const documents = source.documents.map((document) => ({
    ...document,
    locate: (field: FieldPath) => ({ ...document.locate(field), file: target }),
  }));
  return { ...source, documents };
}

/** The change's policies are not in force and not judged as manifests either, unless they generate pods or permissions. Other documents of the file are. */
function withoutPolicies(source: PlainSource): PlainSource {
  return { ...source, documents: source.documents.filter(({ value }) => !isPolicyDocument(value) || createsMore(value)) };
}

function createsMore(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  return isArray(value.items) ? value.items.some(createsMore) : changesPods(value) || grantsByRule(value) !== undefined;
}

/** Values files may have any name and be outside the chart. */
function valuesOf(chart: HelmChart): readonly string[] {
  return chart.releases.flatMap((release) => release.values.map((file) => path.posix.join(chart.path, file)));
}
