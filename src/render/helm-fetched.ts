import path from 'node:path';
import type { SourceLocation } from '../model/location.ts';
import type { FetchedChart, NotFetched, Sources } from '../model/sources.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type Dependency, dependencyIn, lockedVersion } from './helm-dependencies.ts';

/** A dependency that was fetched, and the line of the repository that names it. */
export interface FetchedDependency {
  /** As a reader knows it: `charts.example.com/redis-18.0.0`. */
  readonly path: string;
  readonly place: SourceLocation;
}

/** Whether a repository can be requested: an alias (`@bitnami`) is only known where `helm repo add` was run. */
export function isRemote({ repository }: Dependency): boolean {
  return /^(?:https?|oci):\/\//i.test(repository);
}

/** By the version of Chart.lock where it is of the same repository, else by the range of Chart.yaml. */
export async function fetchDependency(
  dependency: Dependency,
  folder: string,
  sources: Sources,
  files: Files,
): Promise<FetchedChart | NotFetched> {
  const { name, repository, version } = dependency;
  const locked = await lockedVersion(dependency, folder, files).catch(() => undefined);
  return sources.chart({ url: repository, name, version: locked ?? version });
}

/** The entry of a dependency in Chart.yaml or requirements.yaml. `folder` is relative to the workspace. */
export async function dependencyPlace(
  { name, alias }: Dependency,
  folder: string,
  workspace: string,
  files: Files,
): Promise<SourceLocation> {
  for (const base of ['Chart.yaml', 'requirements.yaml']) {
    const file = path.posix.join(folder, base);
    const absolute = path.join(workspace, file);
    if ((await files.stat(absolute))?.kind !== 'file') continue;
    const [document] = parseYaml({ file, text: await files.readText(absolute) });
    const entry = dependencyIn(document, (one) => one.name === name && (one.alias || undefined) === alias);
    if (entry !== undefined) return { ...entry, precision: 'file' };
  }
  return { file: path.posix.join(folder, 'Chart.yaml'), line: 1, precision: 'file' };
}
