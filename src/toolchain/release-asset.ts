import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import type { Slot } from './cache.ts';
import type { LockedAsset, LockedTool } from './lock-file.ts';
import { withProgress } from './progress.ts';
import { checkSignature } from './signature.ts';
import type { SignatureState, SourceLimits, SourcePorts, ToolSource } from './source.ts';

export const maxAssetBytes = 512 * 1024 * 1024;
const maxUnpackedBytes = 1024 * 1024 * 1024;
/** The estimate for a download in a budget: 100 MB in 10 s. */
const bytesPerMs = 10_000;
const unknownBytes = 100_000_000;

interface AssetContext {
  readonly ports: SourcePorts;
  readonly gateRoot: string;
  /** Base URL of a mirror, used instead of the publisher. */
  readonly mirror: string | undefined;
  readonly signatures: 'required' | 'when-there';
}

/** The publisher's build, or a mirror's copy of it: trusted for its hash, not for its source. Hash, then signature, then unpacking. */
export function releaseAsset(slot: Slot, locked: LockedTool, asset: LockedAsset, context: AssetContext): ToolSource {
  const { ports, mirror } = context;
  const resolve = (url: string): string => (mirror === undefined ? url : mirrored(url, mirror));
  const url = resolve(asset.url);
  return {
    label: 'release asset',
    origin: { kind: 'release-asset', from: bareUrl(url), sha256: asset.sha256 },
    expectedMs: (locked.executableBytes ?? unknownBytes) / bytesPerMs,
    async fetch(staging, limits) {
      try {
        await download(slot, url, asset.sha256, ports, limits);
        const { gateRoot } = context;
        const { publisher, version } = locked;
        const signing = { ports, gateRoot, version, publisher, resolve, signal: limits.signal };
        const signature = await checkSignature(slot.id, asset, slot.download, signing);
        reportSignature(slot.id, signature, context);
        await put(slot, asset, staging, ports);
        return signature;
      } finally {
        // The complete download. A part stays, and the next install resumes it.
        await ports.files.remove(slot.download);
      }
    },
  };
}

/** `https://mirror.example/k8s-gate` + `https://get.helm.sh/x` -> `https://mirror.example/k8s-gate/get.helm.sh/x` */
function mirrored(url: string, mirror: string): string {
  const { host, pathname } = new URL(url);
  return `${mirror.replace(/\/+$/, '')}/${host}${pathname}`;
}

/** A mirror's address may hold a password, which belongs in no receipt and no message. */
function bareUrl(url: string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

async function download(slot: Slot, url: string, expected: string, ports: SourcePorts, limits: SourceLimits): Promise<void> {
  const { files, http, log } = ports;
  const options = {
    maxBytes: maxAssetBytes,
    timeoutMs: limits.timeoutMs,
    ...(limits.signal !== undefined && { signal: limits.signal }),
    onProgress: withProgress(`${slot.id} ${slot.version}`, ports),
  };
  const { resumed } = await http.download(url, slot.download, options);
  if (resumed && (await files.sha256(slot.download)) !== expected) {
    // The part may be from an older file or a damaged disk: the whole file is downloaded once before this is an error.
    log.warn(`the resumed download of ${slot.id} has another hash; it is downloaded again from the start`);
    await files.remove(slot.download);
    await http.download(url, slot.download, options);
  }
  await checkHash(ports, slot, bareUrl(url), expected);
}

/** Before anything reads the file: an unpacker is code that hostile bytes can reach. */
async function checkHash({ files }: SourcePorts, { id, download }: Slot, url: string, expected: string): Promise<void> {
  const actual = await files.sha256(download);
  if (actual === expected) return;
  const size = (await files.stat(download))?.size ?? 0;
  const start = size > 1_000_000 ? '' : Buffer.from(await files.readBytes(download)).toString('latin1', 0, 200);
  const page = /^\s*<(!doctype|html)/i.test(start) ? '; it is a web page, as a proxy or a login sends instead of a file' : '';
  throw new GateError('TOOL_UNTRUSTED', {
    message: `the file at ${url} is not the ${id} that tools.lock.json pins: its SHA-256 is ${actual}${page}`,
    expected,
    next: 'It was deleted unread. Do not just run again: find out who changed it (the publisher, a mirror or a proxy).',
  });
}

/** The hash fixes every byte, so an unavailable signature is only a warning, unless signatures are required. */
function reportSignature(id: string, signature: SignatureState, { ports, signatures }: AssetContext): void {
  if (signature.state !== 'unverified') return;
  if (signatures === 'required') {
    throw new GateError('TOOL_UNAVAILABLE', {
      message: `its signature is required and could not be checked: ${signature.why}`,
      next: 'Put the signature next to the asset on the mirror, or do not require it (signatures: when-there).',
    });
  }
  ports.log.warn(`${id} has the hash that is pinned, but its signature could not be checked: ${signature.why}`);
}

async function put({ id, download }: Slot, { archive }: LockedAsset, staging: string, { files }: SourcePorts): Promise<void> {
  if (archive === undefined) await files.rename(download, path.join(staging, id));
  else {
    const folder = path.join(staging, '.unpacked');
    const { executable, folders = [] } = archive;
    await files.makeDir(folder);
    await files.unpack(download, folder, { files: [executable], folders, maxBytes: maxUnpackedBytes });
    await files.rename(path.join(folder, executable), path.join(staging, id));
    for (const name of folders) await files.rename(path.join(folder, name), path.join(staging, name));
    await files.remove(folder);
  }
  await files.makeExecutable(path.join(staging, id));
}
