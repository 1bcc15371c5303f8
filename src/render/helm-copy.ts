import path from 'node:path';
import type { HelmChart, HelmRelease } from '../model/config.ts';
import type { ValuesLayer } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import { isArray, isObject, stringifyJson } from '../model/json.ts';
import type { NotFetched, Sources } from '../model/sources.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type Dependency, missingDependencies, presentDependencies } from './helm-dependencies.ts';
import { dependencyPlace, type FetchedDependency, fetchDependency, isRemote } from './helm-fetched.ts';

/** Values of the repository that Helm gets, with the text that they are written in. */
export interface ValuesSource {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  /** Where the values begin in the file, if they are a part of it; absent: all of it. */
  readonly at?: FieldPath;
  readonly from?: ValuesLayer['from'];
  /** Absolute path of the copy. */
  readonly copy: string;
}

/** With the reason why it was not fetched, if that was tried. */
export type MissingDependency = Dependency & Partial<Pick<NotFetched, 'reason' | 'next'>>;

/** Folder inside a chart's copy (`charts/common`) -> the folder of the repository that a `file://` dependency names. */
export type Borrowed = ReadonlyMap<string, string>;

export interface Copied {
  readonly borrowed: Borrowed;
  /** By the folder inside the copy, `charts/redis`: dependencies that were fetched. */
  readonly fetched: ReadonlyMap<string, FetchedDependency>;
  /** Dependencies that are not in the repository and were not fetched. The copy does not ask for them, so that Helm renders the rest. */
  readonly missing: readonly MissingDependency[];
  /** Names of the charts in the copy's `charts/`. */
  readonly present: readonly string[];
}

/**
 * Copies a chart with all that Helm would read: it looks into `node_modules`, too. A dependency that is not vendored is put where `helm dependency
 * build` would: from the repository (`file://`) or fetched. A symlink is followed where it leads to a file of the repository: Helm would follow
 * any. Throws RENDER_REFUSED at another one.
 */
export async function copyChart(
  chart: Pick<HelmChart, 'path' | 'withoutValues'>,
  workspace: string,
  target: string,
  { files, sources }: { readonly files: Files; readonly sources?: Sources | undefined },
): Promise<Copied> {
  const borrowed = new Map<string, string>();
  const fetched = new Map<string, FetchedDependency>();
  const failed: MissingDependency[] = [];
  const copy = async (from: string, below: string, open: readonly string[]): Promise<void> => {
    const folder = path.join(target, below);
    await copyFolder(from, from, folder, workspace, files, [from]);
    for (const dependency of await missingOf(folder, files)) {
      const { name, repository } = dependency;
      if (sources !== undefined && isRemote(dependency)) {
        const found = await fetchDependency(dependency, folder, sources, files);
        if (found.status === 'not-fetched') failed.push({ ...dependency, ...found, condition: conditionIn(dependency, below) });
        else {
          const place = freePlace(path.posix.join(below, 'charts', name), fetched);
          fetched.set(place, { path: found.path, place: await dependencyPlace(dependency, from, workspace, files) });
          await copyFolder(found.path, found.path, path.join(target, place), found.root, files, [found.path]);
        }
        continue;
      }
      const source = repository.startsWith('file://')
        ? path.posix.join(from, repository.slice('file://'.length)).replace(/\/$/, '')
        : '..';
      if (source.startsWith('..') || path.posix.isAbsolute(source) || open.includes(source)) continue;
      if ((await files.stat(path.join(workspace, source, 'Chart.yaml')))?.kind !== 'file') continue;
      const place = path.posix.join(below, 'charts', name);
      borrowed.set(place, source);
      await copy(source, place, [...open, source]);
    }
  };
  await copy(chart.path, '', [path.posix.normalize(chart.path)]);
  if (chart.withoutValues === true) await files.remove(path.join(target, 'values.yaml'));
  const absent = await missingOf(target, files);
  if (absent.length > 0) await forget(absent, target, files);
  // A chart inside does not decide what Helm refuses, and one of two versions hides that the other is missing.
  const missing = [...failed, ...absent.filter(({ name }) => !failed.some((one) => one.name === name))];
  return { borrowed, fetched, missing, present: await presentDependencies(target, files).catch(() => []) };
}

/** Values of the whole release: those of a chart in `charts/common` are below `common`. */
function conditionIn({ condition }: Dependency, below: string): string {
  const steps = below.split('/').filter((_step, index) => index % 2 === 1);
  return condition
    .split(',')
    .flatMap((one) => (one.trim() === '' ? [] : [[...steps, one.trim()].join('.')]))
    .join(',');
}

/** A chart may depend on two versions of another one, by two aliases. */
function freePlace(place: string, taken: ReadonlyMap<string, unknown>): string {
  return taken.has(place) ? freePlace(`${place}-`, taken) : place;
}

/** `shown` is the path by which the repository names the folder; `open` are the folders that links on the way to it lead to. */
async function copyFolder(
  from: string,
  shown: string,
  target: string,
  workspace: string,
  files: Files,
  open: readonly string[],
): Promise<void> {
  const folder = path.join(workspace, from);
  for (const file of await files.walk(folder, (name) => path.posix.basename(name) === '.git')) {
    const [source, place] = [path.join(folder, file.path), path.join(target, file.path)];
    if (file.kind === 'file') {
      await files.write(place, await files.readBytes(source));
      continue;
    }
    const name = path.posix.join(shown, file.path);
    const found = await files.resolveInside(workspace, source);
    const kind = found === undefined ? undefined : (await files.stat(path.join(workspace, found)))?.kind;
    if (found === undefined || found === '' || open.includes(found)) throw linkRefused(name);
    if (kind === 'folder') await copyFolder(found, name, place, workspace, files, [...open, found]);
    else await files.write(place, await files.readBytes(path.join(workspace, found)));
  }
}

/** A Chart.yaml that can't be read is Helm's to refuse. */
async function missingOf(copy: string, files: Files): Promise<readonly Dependency[]> {
  return missingDependencies(copy, files).catch(() => []);
}

/** JSON is YAML. Lines of the dependencies are read from the repository, not from the copy. */
async function forget(missing: readonly Dependency[], copy: string, files: Files): Promise<void> {
  for (const name of ['Chart.yaml', 'requirements.yaml']) {
    const file = path.join(copy, name);
    if ((await files.stat(file))?.kind !== 'file') continue;
    const value = parseYaml({ file: name, text: await files.readText(file) })[0]?.value;
    if (!isObject(value) || !isArray(value.dependencies)) continue;
    const dependencies = value.dependencies.filter(
      (entry) => !isObject(entry) || !missing.some((one) => one.name === entry.name),
    );
    await files.write(file, stringifyJson({ ...value, dependencies }));
  }
  for (const name of ['Chart.lock', 'requirements.lock']) await files.remove(path.join(copy, name));
}

/** The values files of one release, in order. Throws with the name of the first that is missing, a link, or elsewhere. */
export async function copyValues(
  chart: HelmChart,
  release: HelmRelease,
  workspace: string,
  target: string,
  files: Files,
): Promise<readonly ValuesSource[]> {
  const copies: ValuesSource[] = [];
  for (const [index, name] of release.values.entries()) {
    const file = path.posix.join(chart.path, name);
    if (path.posix.isAbsolute(name) || file === '..' || file.startsWith('../')) {
      throw new GateError('RENDER_REFUSED', {
        file: name,
        message: 'the values file is outside the repository',
        expected: 'a file of the repository',
      });
    }
    await refuseLinks(file, workspace, files);
    if ((await files.stat(path.join(workspace, file)))?.kind !== 'file') {
      throw new GateError('RENDER_FAILED', {
        file,
        message: `the values file of chart ${chart.path} does not exist`,
        expected: 'a file, relative to the chart’s folder',
        next: 'Add it, or correct `helm.charts[].releases[].values`.',
      });
    }
    const text = await files.readText(path.join(workspace, file));
    const copy = path.join(target, `values-${index}.yaml`);
    await files.write(copy, text);
    copies.push({ file, text, copy });
  }
  return copies;
}

/** The values that a pointer sets, in the order in which Helm reads them. */
export async function writeLayers(
  layers: readonly ValuesLayer[],
  target: string,
  files: Files,
): Promise<readonly ValuesSource[]> {
  return Promise.all(
    layers.map(async ({ content, ...source }, index) => {
      const copy = path.join(target, `values-${index}.yaml`);
      await files.write(copy, content);
      return { ...source, copy };
    }),
  );
}

export async function refuseLinks(file: string, workspace: string, files: Files): Promise<void> {
  const steps = file.split('/');
  for (const index of steps.keys()) {
    const prefix = steps.slice(0, index + 1).join('/');
    if ((await files.stat(path.join(workspace, prefix)))?.kind === 'symlink') throw linkRefused(prefix);
  }
}

function linkRefused(file: string): GateError {
  return new GateError('RENDER_REFUSED', {
    file,
    message: 'is a symlink',
    expected: 'a regular file',
    next: 'Replace it by the file it points to, or exclude the chart.',
  });
}
