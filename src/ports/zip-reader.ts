import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { type ArchiveEntry, type Budget, counted, refused, through } from './archive.ts';

/**
 * PKWARE's APPNOTE 6.3, as far as publishers use it: stored or deflated, neither encrypted nor in parts nor zip64. The central directory
 * is read; a local header that differs from it is refused, since other programs read that one.
 */
const maxDirectoryBytes = 4 * 1024 * 1024;

export async function* readZip(handle: FileHandle, size: number, budget: Budget): AsyncGenerator<ArchiveEntry> {
  const { start, length, count } = await endOfDirectory(handle, size);
  if (length > maxDirectoryBytes || start + length > size) throw refused('its directory is damaged');
  const directory = await read(handle, start, length);
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > length || directory.readUInt32LE(at) !== 0x02014b50) throw refused('its directory is damaged');
    const entry = headerAt(directory, at);
    if (entry.next > length) throw refused('its directory is damaged');
    at = entry.next;
    const target = entry.kind === 'link' ? { target: { to: await linkTarget(handle, entry, budget), hard: false } } : {};
    yield { ...entry, ...target, content: () => contentOf(handle, entry, budget) };
  }
  if (at !== length) throw refused('its directory is damaged');
}

interface Header {
  readonly name: string;
  readonly kind: ArchiveEntry['kind'];
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly next: number;
}

function headerAt(directory: Buffer, at: number): Header {
  const [nameLength, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
  const nameEnd = at + 46 + (nameLength ?? 0);
  const name = directory.subarray(at + 46, nameEnd).toString('utf8');
  const [packed, size, offset] = [20, 24, 42].map((field) => directory.readUInt32LE(at + field));
  const encrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
  const method = directory.readUInt16LE(at + 10);
  if (packed === undefined || size === undefined || offset === undefined || [packed, size, offset].includes(0xffffffff))
    throw refused('it is a zip64');
  if (encrypted || ![0, 8].includes(method)) throw refused(`its ${name} is encrypted or packed in an unknown way`);
  const kind = kindOf(name, directory.readUInt32LE(at + 38) >>> 16);
  return { name, kind, method, packed, size, offset, next: nameEnd + (extra ?? 0) + (comment ?? 0) };
}

/** The file type of a Unix mode, which is 0 if it was packed on another system. */
function kindOf(name: string, mode: number): ArchiveEntry['kind'] {
  const type = mode & 0o170000;
  if (type === 0o120000) return 'link';
  if (name.endsWith('/') || type === 0o040000) return 'folder';
  return type === 0 || type === 0o100000 ? 'file' : 'special';
}

async function* contentOf(handle: FileHandle, entry: Header, budget: Budget): AsyncGenerator<Uint8Array> {
  const local = await read(handle, entry.offset, 30);
  const nameLength = local.readUInt16LE(26);
  const name = (await read(handle, entry.offset + 30, nameLength)).toString('utf8');
  if (local.readUInt32LE(0) !== 0x04034b50 || name !== entry.name || local.readUInt16LE(8) !== entry.method)
    throw refused(`its directory and its content differ about ${entry.name}`);
  if (entry.packed === 0) return;
  const start = entry.offset + 30 + nameLength + local.readUInt16LE(28);
  const packed = createReadStream('', { fd: handle, start, end: start + entry.packed - 1, autoClose: false });
  let total = 0;
  for await (const chunk of counted(entry.method === 8 ? through(packed, createInflateRaw()) : packed, budget)) {
    total += chunk.length;
    if (total > entry.size) break;
    yield chunk;
  }
  if (total !== entry.size) throw refused(`its ${entry.name} has another size than its directory states`);
}

async function linkTarget(handle: FileHandle, entry: Header, budget: Budget): Promise<string> {
  const parts: Uint8Array[] = [];
  if (entry.size > 4_096) throw refused(`it holds ${entry.name}, a link that leads out of it`);
  for await (const chunk of contentOf(handle, entry, budget)) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

/** The end record is the last one, before a comment of at most 65,535 bytes. */
async function endOfDirectory(
  handle: FileHandle,
  size: number,
): Promise<{ readonly start: number; readonly length: number; readonly count: number }> {
  const tail = await read(handle, Math.max(0, size - 65_557), Math.min(size, 65_557));
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50 || at + 22 + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const count = tail.readUInt16LE(at + 10);
    if (tail.readUInt16LE(at + 8) !== count || tail.readUInt16LE(at + 4) !== 0) throw refused('it is in several parts');
    return { count, length: tail.readUInt32LE(at + 12), start: tail.readUInt32LE(at + 16) };
  }
  throw refused('it has no directory');
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw refused('it ends too early');
  return buffer;
}
