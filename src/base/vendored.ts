import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { attempt } from '../model/attempt.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { differsInBuildInputs } from './build-inputs.ts';
import { copyFile, isPlainFile } from './plain-file.ts';

/** The judged folder in both commits, and its path within the repository. */
interface Sides {
  /** Absolute. */
  readonly head: string;
  /** Absolute. */
  readonly base: string;
  readonly prefix: string;
}

/**
 * Copies chart dependencies that an earlier step built for the head to the base, if both declare the same ones: they are not in git, and
 * without them all old findings of a chart would be new. If the change touches possible inputs of that step, they are part of the change,
 * and the base gets none.
 * @param taken Files taken from the work tree, relative to the workspace.
 */
export async function shareDependencies(taken: readonly string[], { head, base, prefix }: Sides, files: Files): Promise<void> {
  const made = new Set(taken.map((file) => path.posix.join(prefix, file)));
  const roots = { head: rootOf(head, prefix), base: rootOf(base, prefix) };
  const charts = new Map<string, boolean>();
  for (const file of taken) {
    const chart = await chartOf(file, head, files);
    if (chart === undefined) continue;
    if (!charts.has(chart)) {
      const isSafe =
        (await wantsTheSame(chart, head, base, files)) &&
        !(await differsInBuildInputs(path.posix.join(prefix, chart), made, roots, files));
      charts.set(chart, isSafe);
    }
    if (charts.get(chart) === true && (await files.stat(path.join(base, file))) === undefined)
      await copyFile(file, head, base, files);
  }
}

/** A step may also build from files outside the judged folder. */
function rootOf(workspace: string, prefix: string): string {
  return path.resolve(workspace, path.relative(prefix, ''));
}

/** The folder of the outermost chart with the file below its `charts/`. */
async function chartOf(file: string, head: string, files: Files): Promise<string | undefined> {
  const steps = file.split('/');
  for (const [index, step] of steps.entries()) {
    const folder = steps.slice(0, index).join('/');
    if (step === 'charts' && (await isPlainFile(head, path.posix.join(folder, 'Chart.yaml'), files))) return folder;
  }
  return undefined;
}

async function wantsTheSame(chart: string, head: string, base: string, files: Files): Promise<boolean> {
  const read = (root: string, name: string) => textOf(root, path.posix.join(chart, name), files);
  for (const name of ['Chart.lock', 'requirements.yaml', 'requirements.lock'])
    if ((await read(head, name)) !== (await read(base, name))) return false;
  const [now, was] = [dependencies(await read(head, 'Chart.yaml')), dependencies(await read(base, 'Chart.yaml'))];
  if (now === undefined || was === undefined || !isDeepStrictEqual(now, was)) return false;
  for (const folder of [...localFolders(now), ...localFolders(dependencies(await read(head, 'requirements.yaml')) ?? [])])
    if (!(await isSame(path.posix.join(chart, folder), head, base, files))) return false;
  return true;
}

async function textOf(root: string, file: string, files: Files): Promise<string | undefined> {
  if (!(await isPlainFile(root, file, files))) return undefined;
  return Buffer.from(await files.readBytes(path.join(root, file))).toString('latin1');
}

/** Undefined if the file does not exist or is broken, which rendering the chart reports. */
function dependencies(text: string | undefined): readonly JsonValue[] | undefined {
  if (text === undefined) return undefined;
  const value = attempt(() => parseYaml({ file: 'Chart.yaml', text })[0]?.value);
  if (!isObject(value)) return undefined;
  return isArray(value.dependencies) ? value.dependencies : [];
}

/** Dependencies inside the repository: `file://../lib`. If their sources differ, the built dependency differs, too. */
function localFolders(found: readonly JsonValue[]): readonly string[] {
  return found.flatMap((dependency) => {
    const repository = isObject(dependency) ? dependency.repository : undefined;
    return typeof repository === 'string' && repository.startsWith('file://') ? [repository.slice('file://'.length)] : [];
  });
}

async function isSame(folder: string, head: string, base: string, files: Files): Promise<boolean> {
  if (path.posix.isAbsolute(folder) || folder.startsWith('..')) return false;
  const [now, was] = await Promise.all([head, base].map((root) => digests(path.join(root, folder), files)));
  return now !== undefined && isDeepStrictEqual(now, was);
}

async function digests(folder: string, files: Files): Promise<readonly (readonly string[])[] | undefined> {
  if ((await files.stat(folder))?.kind !== 'folder') return undefined;
  const walked = await files.walk(folder, () => false);
  if (walked.some(({ kind }) => kind === 'symlink')) return undefined;
  return Promise.all(walked.map(async ({ path: file }) => [file, await files.sha256(path.join(folder, file))]));
}
