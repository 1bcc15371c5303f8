import { GateError, toGateError } from '../model/gate-error.ts';
import type { Tool, ToolProvider } from '../model/tool.ts';
import type { EnginePorts } from '../ports/ports.ts';
import { type Receipt, readCache, readReceipt, type Slot, slotOf, toolIn } from './cache.ts';
import { refuseDenied, refuseYoung } from './deny-list.ts';
import { type GivenTool, refuseUnknownTools, useGivenTool } from './given-tool.ts';
import type { Environment } from './go.ts';
import { createQueue, goModule, type Queue } from './go-module.ts';
import { install } from './install.ts';
import type { LockTimes } from './install-lock.ts';
import { byReceipt } from './lazy.ts';
import { type LockedTool, lockedTool, type Platform, platforms, readLock, type ToolLock } from './lock-file.ts';
import { releaseAsset } from './release-asset.ts';
import type { ToolSource } from './source.ts';

export interface ToolchainOptions {
  readonly ports: EnginePorts;
  /** Absolute path of the folder that k8s-gate is installed in: tools.lock.json and engines/ are read there. */
  readonly gateRoot: string;
  /** Absolute. */
  readonly cacheDir: string;
  /** Of this process: PATH, HOME, Go's settings and proxies are read from it when a tool is built. */
  readonly env: Environment;
  /** Executables to use instead, by tool id. */
  readonly given?: Readonly<Record<string, GivenTool>>;
  /** Base URL asked instead of the publishers: `<mirror>/<publisher's host>/<path>`. */
  readonly mirror?: string;
  /**
   * `required`: a release asset that its publisher signs is only used with that signature checked. Default: an unavailable one is a
   * warning, since the hash already fixes every byte.
   */
  readonly signatures?: 'required' | 'when-there';
  readonly signal?: AbortSignal;
  /** Default: of this machine. */
  readonly platform?: string;
  readonly lockTimes?: LockTimes;
}

export interface ToolState {
  readonly id: string;
  readonly version: string;
  readonly purpose: LockedTool['purpose'];
  readonly state: 'given' | 'installed' | 'missing';
  /** Its source, or the possible ones. */
  readonly source: string;
  /** Absolute; absent if it is missing. */
  readonly path?: string;
  /** Bytes of the executable. */
  readonly bytes?: number;
  /** How it was verified when it was installed. */
  readonly checked?: string;
}

interface Verification {
  readonly id: string;
  readonly version: string;
  /** `unchecked`: a path was given without a hash. */
  readonly state: 'ok' | 'missing' | 'changed' | 'unchecked';
  readonly detail: string;
}

export interface Toolchain {
  /** However long it takes to install. */
  readonly get: ToolProvider;
  /**
   * An installed tool is hashed when it is about to be run (`Tool.verified`). With a budget it refuses (TOOL_UNAVAILABLE) what is not likely to be
   * installed in this time.
   */
  lazily(installBudgetMs?: number): ToolProvider;
  /** Every tool of the lock. Hashes nothing. */
  list(): Promise<readonly ToolState[]>;
  /** Same as `get`. */
  install(id: string): Promise<Tool>;
  /** Hashes the installed copy again and changes nothing. */
  verify(id: string): Promise<Verification>;
}

/**
 * @throws GateError TOOL_UNTRUSTED for a damaged lock, TOOL_UNAVAILABLE on a platform that no tool is made for, INPUT_INVALID for a path that is
 * given for no tool.
 */
export async function createToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const lock = await readLock(options.ports.files, options.gateRoot);
  refuseUnknownTools(Object.keys(options.given ?? {}), Object.keys(lock.tools));
  const context = {
    options,
    lock,
    platform: platformOf(options.platform ?? `${process.platform}-${process.arch}`),
    builds: createQueue(),
  };
  // In one process a tool is verified once, and two that ask for it at the same time share the install.
  const known = new Map<string, Promise<Tool>>();
  const shared = (id: string, budgetMs?: number): Promise<Tool> => {
    const key = `${id} ${budgetMs ?? ''}`;
    const tool = known.get(key) ?? provide(id, context, budgetMs).catch(asToolError);
    known.set(key, tool);
    tool.catch(() => known.delete(key));
    return tool;
  };
  const get: ToolProvider = (id) => shared(id);
  return {
    get,
    lazily: (installBudgetMs) => (id) => lazy(id, context, () => shared(id, installBudgetMs)),
    list: () => Promise.all(Object.keys(lock.tools).map((id) => stateOf(id, context))),
    install: get,
    verify: (id) => verify(id, context),
  };
}

interface Context {
  readonly options: ToolchainOptions;
  readonly lock: ToolLock;
  readonly platform: Platform;
  readonly builds: Queue;
}

function platformOf(name: string): Platform {
  const platform = platforms.find((candidate) => candidate === name);
  if (platform !== undefined) return platform;
  throw new GateError('TOOL_UNAVAILABLE', { message: `no tool is pinned for ${name}`, expected: platforms.join(', ') });
}

/** A cache that can't be read or written (disk full, permissions) makes the tool unavailable. */
function asToolError(thrown: unknown): never {
  const error = toGateError(thrown);
  if (error.code !== 'SOURCE_UNREADABLE') throw error;
  throw new GateError('TOOL_UNAVAILABLE', {
    ...error.details,
    next: 'Make room or choose another folder with --cache-dir.',
    cause: error,
  });
}

async function provide(id: string, context: Context, budgetMs: number | undefined): Promise<Tool> {
  const { options, lock } = context;
  const { ports } = options;
  const locked = lockedTool(lock, id);
  const given = givenTool(id, options);
  if (given !== undefined) return useGivenTool(id, given, locked, ports);
  refuseDenied(id, locked.version);
  refuseYoung(id, locked, lock.minimumAgeDays, ports.clock.now());
  const slot = slotIn(id, locked, context);
  const cached = await readCache(ports.files, slot);
  if (cached.state === 'installed') {
    if (cached.receipt.signature?.state === 'unverified')
      ports.log.warn(`${id} ${locked.version} was installed by its hash alone: ${cached.receipt.signature.why}`);
    return cached.tool;
  }
  if (cached.state === 'changed') {
    ports.log.warn(`the installed copy of ${id} ${locked.version} ${cached.why}; it is deleted and installed again`);
    await ports.files.remove(slot.folder);
  }
  return install(slot, locked, sourcesOf(slot, locked, context), ports, {
    signal: options.signal,
    ...(budgetMs !== undefined && { budgetMs }),
    ...(options.lockTimes !== undefined && { lockTimes: options.lockTimes }),
  });
}

async function lazy(id: string, context: Context, provided: () => Promise<Tool>): Promise<Tool> {
  if (givenTool(id, context.options) !== undefined) return provided();
  return byReceipt(slotIn(id, lockedTool(context.lock, id), context), context.options.ports.files, provided);
}

function givenTool(id: string, { given }: ToolchainOptions): GivenTool | undefined {
  return given !== undefined && Object.hasOwn(given, id) ? given[id] : undefined;
}

function slotIn(id: string, locked: LockedTool, { options, platform }: Context): Slot {
  return slotOf(options.cacheDir, id, locked, platform, { signaturesRequired: options.signatures === 'required' });
}

/** In the order they are tried. */
function sourcesOf(slot: Slot, locked: LockedTool, { options, platform, builds }: Context): readonly ToolSource[] {
  const { ports, env, mirror, gateRoot, cacheDir, signatures = 'when-there' } = options;
  const asset = locked.assets[platform];
  const module = locked.goModule;
  return [
    ...(asset === undefined ? [] : [releaseAsset(slot, locked, asset, { ports, gateRoot, mirror, signatures })]),
    ...(module === undefined ? [] : [goModule(slot.id, locked, module, { ports, env, gateRoot, cacheDir, builds })]),
  ];
}

async function stateOf(id: string, context: Context): Promise<ToolState> {
  const { options, lock, platform } = context;
  const locked = lockedTool(lock, id);
  const base = { id, version: locked.version, purpose: locked.purpose };
  const given = givenTool(id, options);
  if (given !== undefined) {
    const checked = given.sha256 === undefined ? 'nothing' : 'the hash given';
    return { ...base, version: 'as given', state: 'given', source: given.path, path: given.path, checked };
  }
  const slot = slotIn(id, locked, context);
  const receipt = await readReceipt(options.ports.files, slot);
  const sources = sourcesOf(slot, locked, context).map((source) =>
    source.origin.kind === 'go-module' ? 'Go module' : 'release asset',
  );
  if (receipt === undefined) return { ...base, state: 'missing', source: sources.join(', ') || `none for ${platform}` };
  const { path: executable } = toolIn(slot, receipt.files);
  const bytes = (await options.ports.files.stat(executable))?.size;
  const checked = howVerified(receipt);
  return {
    ...base,
    state: 'installed',
    source: receipt.origin.from,
    path: executable,
    checked,
    ...(bytes !== undefined && { bytes }),
  };
}

function howVerified({ origin, signature }: Receipt): string {
  if (origin.kind === 'go-module') return 'go.sum';
  if (signature?.state === 'verified') return 'hash, signature';
  return signature?.state === 'unverified' ? 'hash; signature missing' : 'hash';
}

async function verify(id: string, context: Context): Promise<Verification> {
  const { options, lock } = context;
  const locked = lockedTool(lock, id);
  const { files } = options.ports;
  const given = givenTool(id, options);
  if (given !== undefined) return { id, version: 'as given', ...(await verifyGiven(given, options.ports)) };
  const slot = slotIn(id, locked, context);
  const found = await readCache(files, slot);
  const base = { id, version: locked.version, state: found.state };
  switch (found.state) {
    case 'installed':
      return {
        ...base,
        state: 'ok',
        detail: `${Object.keys(found.receipt.files).length} files as installed from ${found.receipt.origin.from}`,
      };
    case 'changed':
      return { ...base, state: 'changed', detail: `the installed copy ${found.why}` };
    case 'missing':
      return { ...base, state: 'missing', detail: 'not installed' };
  }
}

async function verifyGiven(given: GivenTool, { files }: EnginePorts): Promise<Pick<Verification, 'state' | 'detail'>> {
  if ((await files.stat(given.path)) === undefined) return { state: 'missing', detail: `${given.path} is not there` };
  const sha256 = await files.sha256(given.path);
  if (given.sha256 === undefined) return { state: 'unchecked', detail: `${given.path}@sha256:${sha256}` };
  return given.sha256 === sha256
    ? { state: 'ok', detail: given.path }
    : { state: 'changed', detail: `${given.path} has SHA-256 ${sha256}` };
}
