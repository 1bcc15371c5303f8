import type { FileDiff } from '../model/diff.ts';

/**
 * The outside world, as interfaces. Stages take these; only the adapters beside this file, main.ts and cli.ts touch the
 * real thing. Tests pass fakes with behaviour, or the real adapters on a temporary folder.
 */
export interface Ports {
  readonly files: Files;
  readonly processes: Processes;
  readonly http: Http;
  readonly registries: Registries;
  readonly git: Git;
  readonly clock: Clock;
  readonly log: Log;
}

/** What an engine gets of it: nothing that knows the repository's history. */
export type EnginePorts = Omit<Ports, 'git'>;

/** Absolute paths throughout. A failure is a GateError SOURCE_UNREADABLE that names the path. */
export interface Files {
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Creates parent folders; writes a temporary file beside it and renames, so that a reader never sees half a file. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** What is at a path, without following a symlink; undefined where nothing is. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Every file below a folder, sorted by path, `/` as separator, relative to it. Symlinks are listed, never followed. */
  walk(root: string, skipFolder: (relativePath: string) => boolean): Promise<readonly WalkedFile[]>;
  /**
   * What a path leads to through symlinks, relative to `root`, with `/`; `` is the root. Undefined where that is not there, not below the root, or
   * in a `.git` folder, which may hold credentials.
   */
  resolveInside(root: string, path: string): Promise<string | undefined>;
  makeTempDir(prefix: string): Promise<string>;
  makeDir(path: string): Promise<void>;
  /** Removes a file or folder with all below it; nothing there is fine. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  makeExecutable(path: string): Promise<void>;
  /** SHA-256 of the content, hex. */
  sha256(path: string): Promise<string>;
  /** Takes some files out of a tar.gz or zip into an empty folder, under their paths in it. Throws GateError TOOL_UNTRUSTED for an archive that is no honest one. */
  unpack(archive: string, into: string, plan: UnpackPlan): Promise<void>;
}
export interface UnpackPlan {
  /** Paths in the archive, which must be there as plain files. */
  readonly files: readonly string[];
  /** Folders in the archive, taken with all plain files below. */
  readonly folders: readonly string[];
  /** Of everything that comes out of it, taken or not. */
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
  /** Called for each line of stderr as it comes, for progress. The text is raw: escape it before it is shown. */
  readonly onStderrLine?: (line: string) => void;
  /**
   * For engines and renderers, which read what a change wrote: no new privileges, no way to our environment, and with `none` no
   * network. As far as the system allows; `ProcessResult.notIsolated` says what it did not. Absent: the child is as free as we are.
   */
  readonly network?: 'none' | 'allowed';
  /** Private memory of each process of the child. */
  readonly memoryBytes?: number;
  /** Not started where `network` or `memoryBytes` can't be had. */
  readonly isolationRequired?: boolean;
}
/** How a child ended. Judging it (is exit code 1 "violations" or "crashed"?) is the caller's. */
export interface ProcessResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** `memory-limit`: it gave up at `memoryBytes`, by the words of Go's runtime. */
  readonly end: 'exited' | 'timeout' | 'output-limit' | 'memory-limit' | 'aborted' | 'not-started';
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Why it could not be started: ENOENT, EACCES, ENOEXEC ... */
  readonly startError?: string;
  /** What of `network` and `memoryBytes` this system did not allow, each a plain line. */
  readonly notIsolated?: readonly string[];
}
export interface Processes {
  run(command: Command): Promise<ProcessResult>;
  /** Absolute path of an executable on the user's PATH, or undefined. */
  find(name: string): Promise<string | undefined>;
}

export interface Http {
  /**
   * Streams a URL into a file, at most `maxBytes`. What came before it broke off waits at `<toFile>.part` and is gone on from, so one caller
   * at a time, and the whole is to be checked. A name and password in the URL go to its own origin only.
   * Throws GateError TOOL_UNAVAILABLE with status or cause.
   */
  download(url: string, toFile: string, options: DownloadOptions): Promise<{ readonly resumed: boolean }>;
}
export interface DownloadOptions {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Bytes so far, and of the whole where the server says; called for every piece that comes. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/**
 * Image registries, with the credentials of whoever runs the gate. Nothing here tells them to its caller, and no request goes into the network
 * of the machine but to hosts that are `named`.
 */
export interface Registries {
  /** What a tag points to now, `sha256:…`; undefined where that can't be had, whyever. */
  digest(tag: TagName, options: LookUp): Promise<string | undefined>;
  /** Why no request is sent to a registry; undefined where nothing is known against it. */
  refused(registry: string, named: NamedHosts): Promise<RefusedHost | undefined>;
  /** A registry on this machine for processes that must not ask others by themselves. */
  relay(options: RelayOptions): Promise<Relay>;
  /** Writes a Docker configuration with the credentials for this registry and no other into a new folder; undefined where there are none. */
  lend(registry: string, below: string, signal: AbortSignal): Promise<LentCredentials | undefined>;
}
/** `docker.io`, `library/nginx`, `1.25` */
export interface TagName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}
/** Hosts that may be in a private network, with their port where it is none of https or http: `registry.internal:5000`. Asked only where one is met. */
export type NamedHosts = () => Promise<readonly string[]>;
/** `127.0.0.1:5000`, `is a loopback address` */
export interface RefusedHost {
  readonly host: string;
  readonly why: string;
}
export interface RelayOptions {
  /** Whether registries may get their credentials. */
  readonly credentials: boolean;
  readonly named: NamedHosts;
  readonly signal: AbortSignal;
}
export interface LookUp extends RelayOptions {
  /** Plain http and unchecked certificates will do. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
}
export interface Relay {
  /** Has an image for whoever is given the Docker configuration, which is written below a folder. */
  offer(image: OfferedImage, below: string): Promise<Offer>;
  close(): Promise<void>;
}
export interface OfferedImage {
  readonly registry: string;
  readonly repository: string;
  /** `:1.25`, `@sha256:…` */
  readonly version: string;
  readonly insecure: boolean;
}
export interface Offer extends LentCredentials {
  /** What the image is called by the relay, without and with its version. */
  readonly repository: string;
  readonly reference: string;
  /** Why it could not all be had; undefined where its registry answered, whatever it said. */
  problem(): PullProblem | undefined;
}
export type PullProblem =
  | ({ readonly kind: 'refused' } & RefusedHost)
  | { readonly kind: 'unreachable' | 'unreadable'; readonly why: string };
export interface LentCredentials {
  /** For DOCKER_CONFIG of one process. */
  readonly folder: string;
  /** The text without the secrets. */
  conceal(text: string): string;
  /** Removes the folder. */
  release(): Promise<void>;
}

/** The repository under judgement. Paths inside it count from the repository's root, with `/`. Throws GateError BASE_UNAVAILABLE. */
export interface Git {
  /** The commit checked out in a folder; undefined outside a repository. */
  head(folder: string): Promise<GitHead | undefined>;
  /** What git finds different from HEAD in the whole work tree that holds a folder, untracked files included; undefined where git can't tell. */
  changes(folder: string): Promise<readonly WorkTreeChange[] | undefined>;
  /** What git ignores below a folder, relative to it. A name that ends in `/` is a folder with all below it. */
  ignored(folder: string): Promise<readonly string[]>;
  /** The submodules that a commit names, each with the commit it wants, sorted by path. */
  submodules(folder: string, sha: string): Promise<readonly Submodule[]>;
  /** The commit that a name means: `origin/main`, `v1.2`, a SHA. */
  resolve(folder: string, name: string): Promise<string>;
  /** Makes a commit available, fetching it alone by its SHA where a shallow clone has not got it. */
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

/** For people watching. Nothing that decides anything is read from it. Text may come from outside: adapters make it safe. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export type { FileDiff } from '../model/diff.ts';
export type * from './github.ts';
