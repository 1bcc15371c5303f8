import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { isInside } from '../model/paths.ts';
import type { Files, WalkedFile } from '../ports/ports.ts';
import { leavesWorkspace, normalize, select } from './selection.ts';

const neverRead = new Set(['.git', 'node_modules']);

/** The files of the repository, and the selected ones. */
export interface Workspace {
  readonly all: ReadonlyMap<string, WalkedFile>;
  /** Symlink -> its target in the repository; symlinks to elsewhere are not included and never followed. */
  readonly links: ReadonlyMap<string, string>;
  /** Below `paths` and not excluded. */
  readonly selected: readonly WalkedFile[];
  readonly isExcluded: (file: string) => boolean;
  /** The base commit's files selected by the same settings. */
  readonly selectedBefore: readonly WalkedFile[];
  /** Folders that are not read and that the base does not have. */
  readonly unread: readonly string[];
  readonly failures: readonly GateError[];
  /** The files of the base commit, from which policies are read; the repository itself without a base. */
  readonly trusted: TrustedFiles;
  /** The files of the organization whose settings are extended. */
  readonly shared?: TrustedFiles;
  /** Whether `trusted` is another commit. */
  readonly hasBase: boolean;
  /** The base has this file or folder and the change removed it, so a configuration that lists it was correct. */
  readonly isRemoved: (path: string) => boolean;
  readText(file: string): Promise<string>;
  readBytes(file: string): Promise<Uint8Array>;
}
export type TrustedFiles = Pick<Workspace, 'all' | 'links' | 'readText'>;
type Opened = TrustedFiles & Pick<Workspace, 'unread' | 'readBytes'>;

export async function openWorkspace(config: GateConfig, files: Files): Promise<Workspace> {
  const own = await openFiles(config.workspace, files);
  const walked = [...own.all.values()];
  const trusted = config.trusted === config.workspace ? own : await openTrusted(config.trusted, files);
  const shared = config.organization === undefined ? undefined : await openTrusted(config.organization.root, files);
  const isRemoved = (target: string) => exists(trusted, target) && !exists(own, target);
  const isExcluded = select(config.exclude);
  const isMeant = select(config.paths.filter((pattern) => !leavesWorkspace(pattern)));
  const isSelected = (file: WalkedFile) => isMeant(file.path) && !isExcluded(file.path);
  return {
    ...own,
    selected: walked.filter(isSelected),
    selectedBefore: [...trusted.all.values()].filter(isSelected),
    isExcluded,
    unread: trusted === own ? [] : own.unread.filter((folder) => !trusted.unread.includes(folder) && !isExcluded(folder)),
    failures: await pathProblems(config, walked, isRemoved, files),
    trusted,
    ...(shared !== undefined && { shared }),
    hasBase: trusted !== own,
    isRemoved,
  };
}

async function openFiles(folder: string, files: Files): Promise<Opened> {
  const unread: string[] = [];
  const walked = await files.walk(folder, (below) => {
    const isUnread = neverRead.has(path.posix.basename(below));
    if (isUnread && path.posix.basename(below) !== '.git') unread.push(below);
    return isUnread;
  });
  const links = new Map<string, string>();
  for (const { path: link } of walked.filter(({ kind }) => kind === 'symlink')) {
    const target = await files.resolveInside(folder, path.join(folder, link));
    if (target !== undefined && target !== '') links.set(link, target);
  }
  const all = new Map(walked.map((file) => [file.path, file]));
  return { all, links, unread, ...reading(folder, files) };
}

/** The folder may be new in the change; then the base has no policies. */
async function openTrusted(folder: string, files: Files): Promise<Opened> {
  if ((await files.stat(folder)) !== undefined) return openFiles(folder, files);
  return { all: new Map(), links: new Map(), unread: [], ...reading(folder, files) };
}

function reading(folder: string, files: Files): Pick<Opened, 'readText' | 'readBytes'> {
  return { readText: (file) => readRelative(folder, file, files), readBytes: (file) => files.readBytes(path.join(folder, file)) };
}

/** A path with its symlinks resolved, as far as they stay in the repository. */
export function through(target: string, { links }: Pick<TrustedFiles, 'links'>): string {
  if (links.size === 0) return target;
  const steps = target.split('/');
  for (const index of steps.keys()) {
    const found = links.get(steps.slice(0, index + 1).join('/'));
    if (found !== undefined) return [found, ...steps.slice(index + 1)].join('/');
  }
  return target;
}

function exists({ all }: Pick<TrustedFiles, 'all'>, target: string): boolean {
  return all.has(target) || [...all.keys()].some((file) => isInside(file, target));
}

/** Errors use paths relative to the workspace, like reports. */
async function readRelative(workspace: string, file: string, files: Files): Promise<string> {
  try {
    return await files.readText(path.join(workspace, file));
  } catch (thrown) {
    if (!(thrown instanceof GateError)) throw thrown;
    throw new GateError(thrown.code, { ...thrown.details, file });
  }
}

/** A path that matches nothing is a typo, and a typo must not make the gate pass. */
async function pathProblems(
  config: GateConfig,
  walked: readonly WalkedFile[],
  isRemoved: (path: string) => boolean,
  files: Files,
): Promise<readonly GateError[]> {
  const problems: GateError[] = [];
  for (const [index, pattern] of config.paths.entries()) {
    if (leavesWorkspace(pattern)) {
      const message = `the path \`${pattern}\` is outside the repository`;
      problems.push(new GateError('INPUT_INVALID', { message, expected: `a path below ${config.checkout}` }));
      continue;
    }
    const isMeant = select([pattern]);
    if (walked.some((file) => isMeant(file.path)) || isRemoved(normalize(pattern))) continue;
    if ((await files.stat(path.join(config.workspace, pattern)))?.kind === 'folder') continue;
    const message = `the path \`${pattern}\` matches nothing`;
    const next = 'Correct `paths`, or remove it to evaluate all files.';
    const setting = { path: ['paths', index], text: pattern };
    problems.push(new GateError('SOURCE_UNREADABLE', { message, setting, expected: 'a file, a folder or a glob', next }));
  }
  return problems;
}
