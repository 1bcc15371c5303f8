import path from 'node:path';
import { isYamlOrJson } from '../discover/plain.ts';
import { leavesWorkspace, normalize, type Selection, select } from '../discover/selection.ts';
import type { GateConfig } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { inFolder } from '../model/paths.ts';
import type { Files, Ports, WalkedFile } from '../ports/ports.ts';
import { filesBelow, walk } from './files-below.ts';
import type { Head } from './head.ts';
import { copyFile, isPlainFile } from './plain-file.ts';

/** Files taken from the work tree, and a gap for those that were not. Paths are relative to the workspace. */
export interface Taken {
  readonly files: readonly string[];
  readonly gaps: readonly Gap[];
}

interface Place {
  readonly committed: boolean;
  /** The workspace of the base, if there is one. */
  readonly base?: string | undefined;
}

/**
 * Copies files of the work tree into the export of the head: files that match `generated` of the configuration in force; files below a
 * configured path that does not exist on the base; and, in a local run, files that git ignores in a configured path or among the
 * dependencies of charts (`helm dependency build`).
 */
export async function takeGenerated(
  head: Head,
  config: GateConfig,
  { committed, base }: Place,
  ports: Pick<Ports, 'git' | 'files' | 'log'>,
): Promise<Taken> {
  if (head.sha === undefined) return { files: [], gaps: [] };
  const { files, git } = ports;
  const meant = config.paths.filter(isSpecific);
  const ignored = committed && meant.length === 0 ? [] : await ignoredFiles(head.checkout, { git, files });
  const named = await namedFiles(config.generated, meant, { head, base }, files);
  const own = committed ? [] : [...ignored.filter(select(meant)), ...(await dependencies(ignored, head.workspace, files))];
  const taken: string[] = [];
  for (const file of new Set([...named, ...own])) {
    if (!(await isPlainFile(head.checkout, file, files))) continue;
    await copyFile(file, head.checkout, head.workspace, files);
    taken.push(file);
  }
  const left = leftOut(config, new Set(taken));
  const elsewhere = await expand(changed(head), head.checkout, files);
  if (!committed) {
    tell(await manifests(ignored.filter(left), head, files), ports.log);
    return { files: taken, gaps: gapOf(elsewhere.filter(selected(config)), links) };
  }
  const written = await manifests([...elsewhere, ...ignored.filter(select(meant))].filter(left), head, files);
  return { files: taken, gaps: gapOf(written, byAnEarlierStep) };
}

async function ignoredFiles(checkout: string, { git, files }: Pick<Ports, 'git' | 'files'>): Promise<readonly string[]> {
  return expand(await git.ignored(checkout), checkout, files);
}

/** Expands folders that git lists as a whole to the files below them. */
async function expand(names: readonly string[], root: string, files: Files): Promise<readonly string[]> {
  const lists = names.map((name) => (name.endsWith('/') ? filesBelow(name.slice(0, -1), root, files) : [name]));
  return (await Promise.all(lists)).flat();
}

/** A specific pattern also includes files that git ignores; a pattern for everything does not. */
function isSpecific(pattern: string): boolean {
  return normalize(pattern) !== '' && !leavesWorkspace(pattern);
}

/** Files of `generated`, and files of each of `paths` that only the work tree has and that matched nothing on the base. */
async function namedFiles(
  generated: readonly string[],
  paths: readonly string[],
  { head, base }: { readonly head: Head; readonly base: string | undefined },
  files: Files,
): Promise<readonly string[]> {
  const patterns = generated.filter((pattern) => !leavesWorkspace(pattern));
  const isGenerated = select(patterns);
  const known = paths.length === 0 ? [] : await walkIfThere(base ?? head.workspace, files);
  const absent = paths.filter((pattern) => !known.some(matching(pattern)));
  const isAbsent = select(absent);
  if (patterns.length === 0 && absent.length === 0) return [];
  const exported = new Set((await walk(head.workspace, files)).map((file) => file.path));
  return (await walk(head.checkout, files)).flatMap(({ path: file }) =>
    isGenerated(file) || (isAbsent(file) && !exported.has(file)) ? [file] : [],
  );
}

function matching(pattern: string): (file: WalkedFile) => boolean {
  const isMeant = select([pattern]);
  return (file) => isMeant(file.path);
}

async function walkIfThere(folder: string, files: Files): Promise<readonly WalkedFile[]> {
  return (await files.stat(folder))?.kind === 'folder' ? walk(folder, files) : [];
}

/** Files below `charts/` of a folder with a Chart.yaml. */
async function dependencies(names: readonly string[], workspace: string, files: Files): Promise<readonly string[]> {
  const isChart = new Map<string, boolean>();
  const found: string[] = [];
  for (const name of names) {
    for (const chart of foldersOfCharts(name)) {
      const known = isChart.get(chart) ?? (await isPlainFile(workspace, inFolder(chart, 'Chart.yaml'), files));
      isChart.set(chart, known);
      if (known) found.push(name);
    }
  }
  return found;
}

function foldersOfCharts(name: string): readonly string[] {
  const steps = name.split('/');
  return steps.flatMap((step, index) => (step === 'charts' ? [steps.slice(0, index).join('/')] : []));
}

function changed({ changes, prefix }: Head): readonly string[] {
  const start = prefix === '' ? '' : `${prefix}/`;
  return changes.flatMap((change) => (change.path.startsWith(start) ? [change.path.slice(start.length)] : []));
}

function selected({ paths, exclude }: GateConfig): Selection {
  const [isMeant, isExcluded] = [select(paths), select(exclude)];
  return (file) => isMeant(file) && !isExcluded(file);
}

function leftOut(config: GateConfig, taken: ReadonlySet<string>): Selection {
  const isMeant = selected(config);
  return (file) => isYamlOrJson(file) && isMeant(file) && !taken.has(file);
}

/** Files that look like manifests and differ from the commit, and symlinks, which are never followed. */
async function manifests(names: readonly string[], head: Head, files: Files): Promise<readonly string[]> {
  const found = await Promise.all(names.map(async (name) => ((await isLeftOut(name, head, files)) ? [name] : [])));
  return [...new Set(found.flat())].toSorted();
}

async function isLeftOut(name: string, { checkout, workspace }: Head, files: Files): Promise<boolean> {
  const [own, committed] = [path.join(checkout, name), path.join(workspace, name)];
  if ((await files.stat(own))?.kind === 'symlink') return (await files.stat(committed))?.kind !== 'symlink';
  const text = await textOf(own, files);
  return text?.includes('apiVersion') === true && text !== (await textOf(committed, files));
}

/** With the line endings of git objects, since a checkout may have converted them. */
async function textOf(file: string, files: Files): Promise<string | undefined> {
  if ((await files.stat(file))?.kind !== 'file') return undefined;
  return Buffer.from(await files.readBytes(file))
    .toString('latin1')
    .replaceAll('\r\n', '\n');
}

type Left = Pick<Gap, 'reason' | 'next'>;
const byAnEarlierStep: Left = {
  reason: 'only the commit is evaluated, not files written by earlier steps of the job',
  next: 'Commit them, list them under `generated` in the configuration of the base branch, or add them to `exclude`.',
};
const links: Left = {
  reason: 'symlinks that are not committed are never followed',
  next: 'Replace them with the files they point to, or add them to `exclude`.',
};

function gapOf(names: readonly string[], left: Left): readonly Gap[] {
  const [file] = names;
  if (file === undefined) return [];
  return [{ file, subject: `uncommitted content of the work tree (${list(names)})`, ...left }];
}

function tell(names: readonly string[], log: Ports['log']): void {
  if (names.length === 0) return;
  log.info(`not evaluated, because git ignores it: ${list(names)}; add it to \`paths\` or \`generated\` to include it`);
}

function list(names: readonly string[]): string {
  const more = names.length - 5;
  return `${names.slice(0, 5).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
