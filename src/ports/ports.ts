import type { FileDiff } from '../model/diff.ts';
import type { ReadKeptAttestations } from './github.ts';
import type { Registries } from './registries.ts';
import type { Remotes } from './remotes.ts';
import type { TrustRoots } from './trust-roots.ts';

/**
 * The outside world, as interfaces. Stages use these; only the adapters in this folder, main.ts and cli.ts use the real thing. Tests pass
 * fakes with behavior, or the real adapters on a temporary folder.
 */
export interface Ports {
  readonly files: Files;
  readonly processes: Processes;
  readonly http: Http;
  readonly registries: Registries;
  readonly remotes: Remotes;
  readonly trustRoots: TrustRoots;
  /** Absent without a connection to GitHub. */
  readonly keptAttestations?: ReadKeptAttestations;
  readonly git: Git;
  readonly clock: Clock;
  readonly log: Log;
}

/** What an engine gets: nothing with access to the repository's history. */
export type EnginePorts = Omit<Ports, 'git'>;

/** Absolute paths throughout. A failure is a GateError SOURCE_UNREADABLE that names the path. */
export interface Files {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Creates parent folders; writes a temporary file next to it and renames it, so that a reader never sees half a file. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** What is at a path, without following a symlink; undefined if nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Every file below a folder, sorted by path, `/` as separator, relative to it. Symlinks are listed, but not followed. */
  walk(root: string, skipFolder: (relativePath: string) => boolean): Promise<readonly WalkedFile[]>;
  /**
   * The target of a path through symlinks, relative to `root`, with `/`; `` is the root. Undefined if it does not exist, is not below the root,
   * or is in a `.git` folder, which may contain credentials.
   */
  resolveInside(root: string, path: string): Promise<string | undefined>;
  makeTempDir(prefix: string): Promise<string>;
  makeDir(path: string): Promise<void>;
  /** Removes a file or folder with everything in it, if it exists. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  makeExecutable(path: string): Promise<void>;
  /** SHA-256 of the content, hex. */
  sha256(path: string): Promise<string>;
  /** Extracts some files of a tar.gz into an empty folder, under their paths in it. Throws GateError TOOL_UNTRUSTED for a malicious archive. */
  unpack(archive: string, into: string, plan: UnpackPlan): Promise<void>;
}
export interface UnpackPlan {
  /** Paths in the archive, which must be plain files. */
  readonly files: readonly string[];
  /** Folders in the archive, extracted with all plain files in them; `` is all of it. */
  readonly folders: readonly string[];
  /** Of everything in it, extracted or not. */
  readonly maxBytes: number;
}
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
}
export interface WalkedFile {
  readonly path: string;
  readonly kind: 'file' | 'symlink';
  readonly size: number;
}

export interface Command {
  /** Absolute path of the executable; never looked up, never through a shell. */
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Bytes of stdout and of stderr, each; past it the child is killed. */
  readonly maxOutputBytes: number;
  readonly stdin?: string;
  /** Aborting kills the whole process group. */
  readonly signal?: AbortSignal;
  /** Called for each line of stderr as it arrives, for progress. The text is raw: escape it before it is shown. */
  readonly onStderrLine?: (line: string) => void;
  /**
   * For engines and renderers, which read what a change wrote: no new privileges, no access to our environment, and with `none` no
   * network. As far as the system allows; `ProcessResult.notIsolated` lists the rest. Absent: the child is not isolated.
   */
  readonly network?: 'none' | 'allowed';
  /** Private memory of each process of the child. */
  readonly memoryBytes?: number;
  /** Not started if `network` or `memoryBytes` can't be enforced. */
  readonly isolationRequired?: boolean;
}
/** How a child ended. The caller interprets it (is exit code 1 "violations" or "crashed"?). */
export interface ProcessResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** `memory-limit`: it ended at `memoryBytes`, by the message of Go's runtime. */
  readonly end: 'exited' | 'timeout' | 'output-limit' | 'memory-limit' | 'aborted' | 'not-started';
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Why it could not be started: ENOENT, EACCES, ENOEXEC ... */
  readonly startError?: string;
  /** Which of `network` and `memoryBytes` this system did not allow, a line each. */
  readonly notIsolated?: readonly string[];
}
export interface Processes {
  run(command: Command): Promise<ProcessResult>;
  /** Absolute path of an executable on the user's PATH, or undefined. */
  find(name: string): Promise<string | undefined>;
}

export interface Http {
  /**
   * Streams a URL into a file, at most `maxBytes`. The part of an interrupted download stays at `<toFile>.part` and is resumed: one caller at a
   * time, which has to check the result. A name and password in the URL are sent to its own origin only.
   * Throws GateError TOOL_UNAVAILABLE with status or cause.
   */
  download(url: string, toFile: string, options: DownloadOptions): Promise<{ readonly resumed: boolean }>;
}
export interface DownloadOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Bytes so far, and of the whole file if the server announces them; called for every chunk. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/** The judged repository. Paths inside it start at the repository's root, with `/`. Throws GateError BASE_UNAVAILABLE. */
export interface Git {
  /** The commit checked out in a folder; undefined outside a repository. */
  head(folder: string): Promise<GitHead | undefined>;
  /** URLs of the remotes of a folder's repository, as they are configured; none outside a repository. */
  remotes(folder: string): Promise<readonly string[]>;
  /** The differences from HEAD in the whole work tree of a folder, with untracked files; undefined if git fails. */
  changes(folder: string): Promise<readonly WorkTreeChange[] | undefined>;
  /** What git ignores below a folder, relative to it. A name that ends in `/` is a folder with everything in it. */
  ignored(folder: string): Promise<readonly string[]>;
  /** The submodules of a commit, each with its commit, sorted by path. */
  submodules(folder: string, sha: string): Promise<readonly Submodule[]>;
  /** The commit that a name means: `origin/main`, `v1.2`, a SHA. */
  resolve(folder: string, name: string): Promise<string>;
  /** Makes a commit available: fetches it alone by its SHA if a shallow clone does not have it. */
  fetchCommit(folder: string, sha: string): Promise<void>;
  /** Writes a commit's files to an empty or new folder, byte for byte: no filters, no submodules; symlinks stay symlinks. */
  exportCommit(folder: string, sha: string, to: string): Promise<void>;
  /** Changed hunks from one commit to another; renames are followed. */
  diff(folder: string, from: string, to: string): Promise<readonly FileDiff[]>;
}
export interface GitHead {
  readonly sha: string;
  /** Path of the folder within the repository, `` at its root. */
  readonly prefix: string;
  /** Absolute, without symlinks: the root of the work tree. */
  readonly workTree: string;
}
export interface WorkTreeChange {
  /** From the root of the repository. A name that ends in `/` is a repository of its own. */
  readonly path: string;
  readonly tracked: boolean;
}
export interface Submodule {
  readonly path: string;
  readonly sha: string;
}
export interface Clock {
  now(): Date;
  /** Milliseconds that never go back. */
  monotonicMs(): number;
}

/** For people who watch; no decision depends on it. Text may come from outside: adapters make it safe. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** Ends the group of lines that is open, and starts one with a title. Absent where lines cannot be folded. */
  readonly group?: (title: string | undefined) => void;
  /** Shows how much of a step is done; it ends when all of it is. Absent where nobody watches a terminal. */
  readonly progress?: (what: string, done: number, total: number) => void;
}

export type { FileDiff } from '../model/diff.ts';
export type * from './github.ts';
export type * from './registries.ts';
export type * from './remotes.ts';
export type * from './trust-roots.ts';
