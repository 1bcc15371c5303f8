import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import { isObject } from '../model/json.ts';
import { folderOf, inFolder, isInside } from '../model/paths.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { TrustedFiles } from './workspace.ts';

/** Helm accepts `name: 2048` as text. */
const text = z.union([z.string(), z.number(), z.bigint()]).transform(String);
const schema = z.looseObject({
  name: text.refine((name) => name !== ''),
  type: z.string().nullish(),
  dependencies: z.array(z.looseObject({ name: text, alias: text.nullish(), repository: z.string().nullish() })).nullish(),
});

/** The content of Chart.yaml. */
export interface ChartFile {
  readonly folder: string;
  readonly name: string;
  readonly isLibrary: boolean;
  readonly dependencies: readonly { readonly name: string; readonly alias?: string }[];
}

/** Undefined if the file is a manifest named Chart.yaml. Helm ignores `kind`, and a manifest has no top-level `name`. @throws GateError RENDER_REFUSED, RENDER_FAILED */
export async function readChartFile(folder: string, files: TrustedFiles): Promise<ChartFile | undefined> {
  const file = inFolder(folder, 'Chart.yaml');
  if (files.all.get(file)?.kind === 'symlink')
    throw new GateError('RENDER_REFUSED', { file, message: 'is a symlink', expected: 'a regular file' });
  const [document] = parseYaml({ file, text: await files.readText(file) });
  const parsed = schema.safeParse(document?.value);
  if (parsed.success) {
    const { name, type, dependencies } = parsed.data;
    return {
      folder,
      name,
      isLibrary: type === 'library',
      dependencies: (dependencies ?? []).map(({ name: of, alias }) => (alias ? { name: of, alias } : { name: of })),
    };
  }
  if (isObject(document?.value) && typeof document.value.kind === 'string') return undefined;
  throw new GateError('RENDER_FAILED', {
    file,
    line: document?.line ?? 1,
    message: 'the chart has no name',
    expected: '`name: …`',
    next: 'Add the name, or exclude the file if it is not a chart.',
  });
}

/** Folders with a Chart.yaml. */
export function chartFolders({ all }: Pick<TrustedFiles, 'all'>): readonly string[] {
  return [...all.keys()].filter((file) => /(?:^|\/)Chart\.yaml$/.test(file)).map(folderOf);
}

/** The nearest chart with this one in its `charts/`; also undefined if the folder is not in the list. */
export function parentOf(folder: string, folders: readonly string[]): string | undefined {
  if (!folders.includes(folder)) return undefined;
  return folders
    .filter((other) => folder !== other && isInside(folder, inFolder(other, 'charts')))
    .toSorted((one, other) => other.length - one.length)[0];
}

/** Whether Helm reads the file as part of the chart. Other files in its folder are judged by their content. */
export function isChartPart(file: string, folder: string): boolean {
  if (!isInside(file, folder)) return false;
  const rest = folder === '' ? file : file.slice(folder.length + 1);
  return (
    /^(?:templates|charts|crds|files|ci)\//.test(rest) ||
    /^(?:Chart\.(?:yaml|lock)|requirements\.(?:yaml|lock)|values[^/]*\.(?:ya?ml|json))$/.test(rest)
  );
}

/** By the name in Helm's `# Source:` comments: the chart's own name, or the alias set by its parent. */
export function namesInside({ folder, dependencies }: ChartFile, charts: readonly ChartFile[]): ReadonlyMap<string, string> {
  const own = charts.filter((chart) => path.posix.dirname(chart.folder) === inFolder(folder, 'charts'));
  const byName = new Map(own.map((chart) => [chart.name, chart.folder]));
  const aliases = dependencies.flatMap(({ name, alias }) => {
    const target = byName.get(name);
    return alias === undefined || target === undefined ? [] : [[alias, target] as const];
  });
  return new Map([...byName, ...aliases]);
}
