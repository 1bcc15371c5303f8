import path from 'node:path';
import { GateError, toGateError } from '../../src/model/gate-error.ts';
import { findGo, type GoContext, runGo } from '../../src/toolchain/go.ts';
import { experiment } from '../../src/toolchain/go-module.ts';
import {
  type LockedAsset,
  type LockedGoModule,
  type LockedTool,
  lockedTool,
  platforms,
  readLock,
} from '../../src/toolchain/lock-file.ts';
import { withProgress } from '../../src/toolchain/progress.ts';
import { maxAssetBytes } from '../../src/toolchain/release-asset.ts';
import { checkSignature } from '../../src/toolchain/signature.ts';
import { checksumOf } from './checksums.ts';
import { type Newer, newerRelease, type Release } from './releases.ts';

export interface UpdateContext extends GoContext {
  readonly gateRoot: string;
}

interface Update extends Newer {
  readonly id: string;
  readonly pinned: string;
  /** False: it has no Go module, so no module proxy lists its versions. */
  readonly listed: boolean;
  /** Written to tools.lock.json, go.mod and go.sum. */
  readonly written: boolean;
}

/** A line for each tool. Returns whether all of them could be looked up. */
export async function updateAll(
  ids: readonly string[],
  write: boolean,
  context: UpdateContext,
  print: (line: string) => void,
): Promise<boolean> {
  const { tools } = await readLock(context.ports.files, context.gateRoot);
  const wanted = ids.length > 0 ? ids : Object.keys(tools).filter((id) => tools[id]?.purpose !== 'test');
  let ok = true;
  for (const id of wanted) {
    try {
      const found = await update(id, write, context);
      ok &&= found.listed || ids.length === 0;
      print(`${id} ${found.pinned}: ${describe(found)}`);
    } catch (thrown) {
      ok = false;
      print(`${id}: failed: ${toGateError(thrown).message}`);
    }
  }
  return ok;
}

function describe({ listed, release, written, skipped }: Update): string {
  if (!listed) return 'no Go module proxy lists its versions: check its releases by hand';
  const newer = release && `${release.version} of ${release.releasedAt.slice(0, 10)} is ${written ? 'written' : 'newer'}`;
  return [newer ?? 'no newer release may be used', ...skipped.map(({ version, why }) => `${version} is ${why}`)].join('; ');
}

const listTimeoutMs = 120_000;
const downloadTimeoutMs = 45 * 60_000;

/**
 * The newest release that is old enough and not denied. With `write` the lock is changed: hashes from the publisher's own list, compared
 * with the downloads themselves and their signatures.
 * @throws GateError TOOL_UNAVAILABLE, or TOOL_UNTRUSTED if list, download and signature do not agree.
 */
async function update(id: string, write: boolean, context: UpdateContext): Promise<Update> {
  const { ports, gateRoot } = context;
  const lock = await readLock(ports.files, gateRoot);
  const locked = lockedTool(lock, id);
  const module = locked.goModule;
  if (module === undefined) return { id, pinned: locked.version, listed: false, written: false, skipped: [] };
  const work = await ports.files.makeTempDir('k8s-gate-update-');
  try {
    const go = await findGo(work, context, { GOFLAGS: '-mod=mod', ...experiment(module) });
    const limits = { timeoutMs: listTimeoutMs, signal: undefined };
    const rule = { minimumAgeDays: lock.minimumAgeDays, now: ports.clock.now() };
    const command = (args: readonly string[]): Promise<string> => runGo(go, args, { cwd: work, limits }, ports);
    const newer = await newerRelease({ id, version: locked.version, module: module.module }, rule, command);
    if (newer.release === undefined || !write) return { id, pinned: locked.version, listed: true, written: false, ...newer };
    const { release } = newer;
    const assets = await newAssets(id, locked, release, work, context);
    await updateModule(module, release, work, command, context);
    const tools = { ...lock.tools, [id]: { ...moved(locked, release), assets } };
    await ports.files.write(path.join(gateRoot, 'tools.lock.json'), `${JSON.stringify({ ...lock, tools }, null, 2)}\n`);
    return { id, pinned: locked.version, listed: true, written: true, ...newer };
  } finally {
    await ports.files.remove(work);
  }
}

/** The tool's entry under its new version, but for its assets. Measured sizes and seconds stay: they are estimates. */
function moved(locked: LockedTool, { version, releasedAt }: Release): LockedTool {
  const { goModule } = locked;
  const stamp = goModule?.stamp?.replaceAll(locked.version, version);
  const module = goModule && { ...goModule, version: `v${version}`, ...(stamp !== undefined && { stamp }) };
  return { ...locked, version, releasedAt: releasedAt.slice(0, 10), ...(module !== undefined && { goModule: module }) };
}

async function newAssets(
  id: string,
  locked: LockedTool,
  release: Release,
  work: string,
  context: UpdateContext,
): Promise<LockedTool['assets']> {
  const assets: LockedTool['assets'] = {};
  for (const platform of platforms) {
    const asset = locked.assets[platform];
    if (asset !== undefined)
      assets[platform] = await newAsset(
        id,
        { ...locked, version: release.version },
        raised(asset, locked, release),
        work,
        context,
      );
  }
  return assets;
}

/** Addresses and paths name the version, or nothing would tell a release from the next. */
function raised(asset: LockedAsset, { version }: LockedTool, release: Release): LockedAsset {
  const raise = (text: string): string => text.replaceAll(version, release.version);
  const { checksums, signature } = asset;
  return {
    ...asset,
    url: raise(asset.url),
    ...(checksums !== undefined && { checksums: raise(checksums) }),
    ...(signature !== undefined && { signature: raise(signature) }),
  };
}

async function newAsset(
  id: string,
  { version, publisher }: LockedTool,
  asset: LockedAsset,
  work: string,
  context: UpdateContext,
): Promise<LockedAsset> {
  const { ports, gateRoot } = context;
  if (asset.checksums === undefined)
    throw new GateError('TOOL_UNAVAILABLE', {
      message: `${id} has no published list of hashes in tools.lock.json`,
      next: 'Pin it by hand.',
    });
  const [list, file] = [path.join(work, 'checksums'), path.join(work, 'asset')];
  await ports.http.download(asset.checksums, list, { maxBytes: 1024 * 1024, timeoutMs: listTimeoutMs });
  const name = decodeURIComponent(path.posix.basename(new URL(asset.url).pathname));
  const sha256 = checksumOf(await ports.files.readText(list), name, asset.checksums);
  const onProgress = withProgress(`${id} ${version}`, ports);
  await ports.http.download(asset.url, file, {
    maxBytes: maxAssetBytes,
    timeoutMs: downloadTimeoutMs,
    onProgress,
  });
  const actual = await ports.files.sha256(file);
  if (actual !== sha256)
    throw new GateError('TOOL_UNTRUSTED', {
      message: `${name} has SHA-256 ${actual}`,
      next: 'Do not pin it: its list and its download are not from one release.',
      expected: `${sha256}, as ${asset.checksums} states`,
    });
  const resolve = (url: string): string => url;
  const signing = { ports, gateRoot, version, publisher, resolve, signal: undefined };
  const signature = await checkSignature(id, asset, file, signing);
  if (signature.state === 'unverified')
    throw new GateError('TOOL_UNAVAILABLE', {
      message: `the signature of ${name} could not be checked: ${signature.why}`,
      next: 'Pin it when its signature is there.',
    });
  const today = ports.clock.now().toISOString().slice(0, 10);
  const signed = signature.state === 'verified' ? `, signed by ${signature.by}` : '';
  return { ...asset, sha256, sources: [asset.checksums, `the asset itself, downloaded on ${today}${signed}`] };
}

/** The new go.mod and go.sum replace the old ones together, once both are complete. */
async function updateModule(
  module: LockedGoModule,
  { version }: Release,
  work: string,
  command: (args: readonly string[]) => Promise<string>,
  { ports: { files }, gateRoot }: UpdateContext,
): Promise<void> {
  const names = ['go.mod', 'go.sum'];
  const folder = path.join(gateRoot, module.folder);
  for (const name of names) await files.write(path.join(work, name), await files.readBytes(path.join(folder, name)));
  await command(['get', '-tool', `${module.package}@v${version}`]);
  for (const name of names) await files.write(path.join(folder, name), await files.readBytes(path.join(work, name)));
}
