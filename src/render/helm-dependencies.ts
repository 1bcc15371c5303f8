import path from 'node:path';
import { valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';

export interface Dependency {
  readonly name: string;
  readonly alias?: string;
  readonly repository: string;
  /** An exact version or a range; empty for any. */
  readonly version: string;
  /** Dotted paths of values, the first that is set decides; empty where there is none. */
  readonly condition: string;
}

export interface ChartFacts {
  readonly name: string;
  readonly dependencies: readonly Dependency[];
}

/** By Chart.yaml and, for charts of Helm 2, requirements.yaml. Throws what parseYaml does. */
export async function readChartFacts(folder: string, files: Files): Promise<ChartFacts> {
  const chart = await readMap(path.join(folder, 'Chart.yaml'), files);
  const { dependencies } =
    chart.dependencies === undefined ? await readMap(path.join(folder, 'requirements.yaml'), files) : chart;
  const name = typeof chart.name === 'string' || typeof chart.name === 'number' ? String(chart.name) : path.basename(folder);
  return { name, dependencies: (isArray(dependencies) ? dependencies : []).flatMap(toDependency) };
}

async function readMap(file: string, files: Files): Promise<JsonObject> {
  if ((await files.stat(file))?.kind !== 'file') return {};
  const value = parseYaml({ file, text: await files.readText(file) })[0]?.value;
  return isObject(value) ? value : {};
}

function toDependency(entry: JsonValue): readonly Dependency[] {
  const { name, alias, condition, repository, version } = isObject(entry) ? entry : {};
  if (typeof name !== 'string') return [];
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  const own = { condition: text(condition), repository: text(repository), version: text(version) };
  return [{ name, ...(text(alias) !== '' && { alias: text(alias) }), ...own }];
}

/** The entry of a dependency in a Chart.yaml or requirements.yaml. */
export function dependencyIn(
  document: YamlDocument | undefined,
  fits: (entry: JsonObject) => boolean,
): SourceLocation | undefined {
  const entries = valueAt(document?.value, ['dependencies']);
  const index = isArray(entries) ? entries.findIndex((entry) => isObject(entry) && fits(entry)) : -1;
  return index === -1 ? undefined : document?.locate(['dependencies', index]);
}

/** What `helm dependency update` resolved a range to; undefined if it was for another repository. */
export async function lockedVersion({ name, repository }: Dependency, folder: string, files: Files): Promise<string | undefined> {
  for (const lock of ['Chart.lock', 'requirements.lock']) {
    const { dependencies } = await readMap(path.join(folder, lock), files);
    for (const entry of (isArray(dependencies) ? dependencies : []).flatMap(toDependency))
      if (entry.name === name && entry.repository === repository && entry.version !== '') return entry.version;
  }
  return undefined;
}

/** Folders of `charts/` that hold a chart. */
export async function vendoredFolders(copy: string, files: Files): Promise<readonly string[]> {
  const found = await inCharts(copy, files);
  return found.flatMap((file) => (/^[^/]+\/Chart\.yaml$/.test(file) ? [path.posix.dirname(file)] : []));
}

/** Dependencies that `charts/` has neither as a folder nor as an archive, by the name of the chart, as Helm looks for them. */
export async function missingDependencies(copy: string, files: Files): Promise<readonly Dependency[]> {
  const { dependencies } = await readChartFacts(copy, files);
  if (dependencies.length === 0) return [];
  const archives = (await inCharts(copy, files)).filter((file) => /^[^/]+\.tgz$/.test(file));
  const names = await namesOf(await vendoredFolders(copy, files), copy, files);
  return dependencies.filter(({ name }) => !names.includes(name) && !archives.some((file) => isArchiveOf(file, name)));
}

/** Names of the charts that `charts/` has. */
export async function presentDependencies(copy: string, files: Files): Promise<readonly string[]> {
  const archives = (await inCharts(copy, files)).flatMap((file) => /^([^/]+?)-v?\d[^/]*\.tgz$/.exec(file)?.[1] ?? []);
  return [...archives, ...(await namesOf(await vendoredFolders(copy, files), copy, files))];
}

function namesOf(folders: readonly string[], copy: string, files: Files): Promise<readonly string[]> {
  return Promise.all(folders.map(async (folder) => (await readChartFacts(path.join(copy, 'charts', folder), files)).name));
}

/** `redis-ha-4.1.0.tgz` is not an archive of `redis`. */
function isArchiveOf(file: string, name: string): boolean {
  return file.startsWith(`${name}-`) && /^v?\d/.test(file.slice(name.length + 1));
}

async function inCharts(copy: string, files: Files): Promise<readonly string[]> {
  const charts = path.join(copy, 'charts');
  if ((await files.stat(charts))?.kind !== 'folder') return [];
  return (await files.walk(charts, (folder) => folder.includes('/'))).map((file) => file.path);
}
