import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { Files } from '../ports/ports.ts';
import { isNode, type KustomizeNode, type NamedFile, readKustomizeTree } from './kustomize-tree.ts';

/** What a unit is rendered from: everything below these folders, and these files. Paths relative to the workspace. */
export interface MadeOf {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Files of such a name may belong to it wherever they are. */
  readonly anywhere?: RegExp;
}

/** Undefined where it can't be found out. */
export async function madeOf(
  { kind, path: unit }: Pick<SourceUnit, 'kind' | 'path'>,
  config: Pick<GateConfig, 'workspace' | 'helm'>,
  files: Files,
): Promise<MadeOf | undefined> {
  switch (kind) {
    case 'plain':
      return { folders: [], files: [unit] };
    case 'helm':
      return chartFiles(unit, config, files);
    case 'kustomize': {
      const root = await readKustomizeTree(unit, config.workspace, files);
      return root === undefined ? undefined : treeFiles(root);
    }
    case 'policy':
      return undefined;
  }
}

/** The chart, the charts that it takes from the repository by `file://`, and the values that the configuration names. */
async function chartFiles(
  unit: string,
  { workspace, helm }: Pick<GateConfig, 'workspace' | 'helm'>,
  files: Files,
): Promise<MadeOf> {
  const folders: string[] = [];
  const open = [path.posix.normalize(unit)];
  for (const folder of open) {
    folders.push(folder);
    for (const name of ['Chart.yaml', 'requirements.yaml']) {
      const file = path.join(workspace, folder, name);
      if ((await files.stat(file))?.kind !== 'file') continue;
      for (const match of (await files.readText(file)).matchAll(/file:\/\/([^\s"'#,}]+)/g)) {
        const target = path.posix.join(folder, match[1] ?? '').replace(/\/$/, '');
        if (!open.includes(target)) open.push(target);
      }
    }
  }
  const configured = helm.charts.find((chart) => path.posix.normalize(chart.path) === path.posix.normalize(unit));
  const values = (configured?.releases ?? []).flatMap((release) => release.values.map((file) => path.posix.join(unit, file)));
  return { folders, files: values, anywhere: /values[^/]*$|(?:^|\/)values\//s };
}

function treeFiles(root: KustomizeNode): MadeOf {
  const folders = new Set<string>();
  const files = new Set<string>();
  const add = (part: KustomizeNode | NamedFile): void => {
    files.add(part.file);
    if (!isNode(part) || folders.has(part.folder)) return;
    folders.add(part.folder);
    for (const { file } of part.files.values()) files.add(file);
    for (const one of [...part.parts, ...part.components]) add(one);
  };
  add(root);
  return { folders: [...folders], files: [...files] };
}
