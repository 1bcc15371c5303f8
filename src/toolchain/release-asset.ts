import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { LockedAsset, LockedTool } from './lock-file.ts';
import { type Environment, lastLines, pick, type SourcePorts, type ToolSource } from './source.ts';

const maxAssetBytes = 512 * 1024 * 1024;
/** What a download is counted with in a budget: 100 MB in 10 s. */
const bytesPerMs = 10_000;
const unknownBytes = 100_000_000;

interface AssetContext {
  readonly ports: SourcePorts;
  readonly env: Environment;
  /** Base URL of a mirror, asked in the publisher's stead. */
  readonly mirror: string | undefined;
}

/** The publisher's build, or a mirror's copy of it: trusted for its hash, not for where it was. */
export function releaseAsset(id: string, locked: LockedTool, asset: LockedAsset, context: AssetContext): ToolSource {
  const url = context.mirror === undefined ? asset.url : mirrored(asset.url, context.mirror);
  return {
    label: 'release asset',
    origin: { kind: 'release-asset', from: url },
    expectedMs: (locked.executableBytes ?? unknownBytes) / bytesPerMs,
    async fetch(staging, limits) {
      const { files, http } = context.ports;
      const download = path.join(staging, `.download-${id}`);
      await http.download(url, download, {
        maxBytes: maxAssetBytes,
        timeoutMs: limits.timeoutMs,
        ...(limits.signal !== undefined && { signal: limits.signal }),
      });
      await checkHash(context.ports, id, url, download, asset.sha256);
      if (asset.archive === undefined) await files.rename(download, path.join(staging, id));
      else await unpack(id, asset.archive, download, staging, context);
      await files.makeExecutable(path.join(staging, id));
    },
  };
}

/** `https://mirror.example/k8s-gate` + `https://get.helm.sh/x` -> `https://mirror.example/k8s-gate/get.helm.sh/x` */
function mirrored(url: string, mirror: string): string {
  const { host, pathname } = new URL(url);
  return `${mirror.replace(/\/+$/, '')}/${host}${pathname}`;
}

/** Before anything reads the file: an unpacker is code that hostile bytes can reach. */
async function checkHash({ files }: SourcePorts, id: string, url: string, download: string, expected: string): Promise<void> {
  const actual = await files.sha256(download);
  if (actual === expected) return;
  await files.remove(download);
  throw new GateError('TOOL_UNTRUSTED', {
    message: `what ${url} answered is not the ${id} that tools.lock.json pins: its SHA-256 is ${actual}`,
    expected,
    next: 'It was deleted unread. Do not just run again: find out who changed it (the publisher, a mirror or a proxy).',
  });
}

async function unpack(
  id: string,
  archive: NonNullable<LockedAsset['archive']>,
  download: string,
  staging: string,
  { ports, env }: AssetContext,
): Promise<void> {
  const { files, processes } = ports;
  const tar = await processes.find('tar');
  if (tar === undefined) throw new GateError('TOOL_UNAVAILABLE', { message: '`tar` is not on the PATH' });
  const folder = path.join(staging, '.unpacked');
  await files.makeDir(folder);
  const wanted = [archive.executable, ...(archive.folders ?? [])];
  const result = await processes.run({
    executable: tar,
    args: ['-x', '-z', '-f', download, '-C', folder, '--no-same-owner', ...wanted],
    cwd: folder,
    // tar looks gzip up in PATH.
    env: { ...pick(env, ['PATH']), LC_ALL: 'C' },
    timeoutMs: 120_000,
    maxOutputBytes: 100_000,
  });
  if (result.exitCode !== 0)
    throw new GateError('TOOL_UNAVAILABLE', {
      message: `tar could not unpack it (${result.end} ${result.exitCode ?? ''}): ${lastLines(result.stderr)}`,
    });
  await refuseLinks(ports, id, folder);
  await files.rename(path.join(folder, archive.executable), path.join(staging, id));
  for (const name of archive.folders ?? []) await files.rename(path.join(folder, name), path.join(staging, name));
  await files.remove(folder);
  await files.remove(download);
}

/** A symlink would make the receipt's hash one of a file elsewhere. */
async function refuseLinks({ files }: SourcePorts, id: string, folder: string): Promise<void> {
  const link = (await files.walk(folder, () => false)).find((file) => file.kind !== 'file');
  if (link !== undefined)
    throw new GateError('TOOL_UNTRUSTED', { message: `the archive of ${id} holds a symbolic link, ${link.path}` });
}
