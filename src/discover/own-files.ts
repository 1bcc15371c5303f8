import { folderOf, isInside } from '../model/paths.ts';
import { mayHoldObject } from '../yaml/foreign.ts';
import { chartFolders, isChartPart } from './chart-file.ts';
import { isKustomizationFile } from './kustomization-file.ts';
import { isReadable, type Kustomizations } from './kustomize-graph.ts';
import { isYamlOrJson } from './plain.ts';
import type { Workspace } from './workspace.ts';

/**
 * Files that are applied directly, based on the base: manifests that were not part of a chart or kustomization there, and files that the
 * change adds next to them. A new `Chart.yaml` or kustomization does not prevent the folder from being applied.
 */
export async function findOwnFiles(workspace: Workspace, kustomizations: Kustomizations): Promise<(file: string) => boolean> {
  if (!workspace.hasBase) return () => false;
  const charts = chartFolders(workspace.trusted);
  const own = await ownOnBase(workspace, charts, kustomizations);
  const folders = new Set([...own].map(folderOf));
  const fresh = chartFolders(workspace).filter(
    (folder) => !charts.includes(folder) && [...own].some((file) => isInside(file, folder)),
  );
  return (file) => {
    if (own.has(file)) return true;
    if (workspace.trusted.all.has(file)) return false;
    const folder = folderOf(file);
    return (folders.has(folder) && !kustomizations.has(folder)) || fresh.some((chart) => isChartPart(file, chart));
  };
}

async function ownOnBase(
  { selectedBefore, trusted }: Workspace,
  charts: readonly string[],
  kustomizations: Kustomizations,
): Promise<ReadonlySet<string>> {
  const used = new Set(
    [...kustomizations.values()].flatMap((one) =>
      isReadable(one) ? [...one.parts, ...one.files].map(({ target }) => target) : [],
    ),
  );
  const own = new Set<string>();
  for (const { path: file, kind } of selectedBefore) {
    if (kind !== 'file' || !isYamlOrJson(file) || isKustomizationFile(file) || used.has(file)) continue;
    if (charts.some((folder) => isChartPart(file, folder))) continue;
    if (mayHoldObject(await trusted.readText(file))) own.add(file);
  }
  return own;
}
