import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import type { Files, WalkedFile } from '../ports/ports.ts';
import { leavesWorkspace, select } from './selection.ts';

const neverRead = new Set(['.git', 'node_modules']);

/** The files of the repository, and which of them are to be judged. */
export interface Workspace {
  readonly all: ReadonlyMap<string, WalkedFile>;
  /** Below `paths` and not excluded. */
  readonly selected: readonly WalkedFile[];
  readonly isExcluded: (file: string) => boolean;
  readonly failures: readonly GateError[];
  readText(file: string): Promise<string>;
}

export async function openWorkspace(config: GateConfig, files: Files): Promise<Workspace> {
  const walked = await files.walk(config.workspace, (folder) => neverRead.has(path.posix.basename(folder)));
  const isExcluded = select(config.exclude);
  const isMeant = select(config.paths.filter((pattern) => !leavesWorkspace(pattern)));
  return {
    all: new Map(walked.map((file) => [file.path, file])),
    selected: walked.filter((file) => isMeant(file.path) && !isExcluded(file.path)),
    isExcluded,
    failures: await pathProblems(config, walked, files),
    readText: (file) => readRelative(config.workspace, file, files),
  };
}

/** Reports name files from the workspace: so does the error. */
async function readRelative(workspace: string, file: string, files: Files): Promise<string> {
  try {
    return await files.readText(path.join(workspace, file));
  } catch (thrown) {
    if (!(thrown instanceof GateError)) throw thrown;
    throw new GateError(thrown.code, { ...thrown.details, file });
  }
}

/** A path that means nothing is a typo, and a typo must not make a gate pass. */
async function pathProblems(config: GateConfig, walked: readonly WalkedFile[], files: Files): Promise<readonly GateError[]> {
  const problems: GateError[] = [];
  for (const pattern of config.paths) {
    if (leavesWorkspace(pattern)) {
      const message = `the path \`${pattern}\` is outside the repository`;
      problems.push(new GateError('INPUT_INVALID', { message, expected: `a path below ${config.workspace}` }));
      continue;
    }
    const isMeant = select([pattern]);
    if (walked.some((file) => isMeant(file.path))) continue;
    if ((await files.stat(path.join(config.workspace, pattern)))?.kind === 'folder') continue;
    const message = `the path \`${pattern}\` matches nothing`;
    problems.push(new GateError('SOURCE_UNREADABLE', { message, next: 'Correct `paths`, or leave it out to judge all.' }));
  }
  return problems;
}
