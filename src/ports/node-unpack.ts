import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { GateError } from '../model/gate-error.ts';
import { type ArchiveEntry, limited, refused, through } from './archive.ts';
import { makeFolders } from './make-folders.ts';
import type { UnpackPlan } from './ports.ts';
import { readTar } from './tar-reader.ts';

const maxEntries = 10_000;
const maxRatio = 100;
/** Small archives may compress to nearly nothing. */
const ratioFloor = 16 * 1024 * 1024;

/**
 * Extracts the named files from a tar.gz, and nothing else; checks every entry, and refuses the archive for one that no honest archive contains.
 * With a reader of our own: `tar` accepts different things on different machines; tar-stream 3.2 ignores a damaged pax header, applies a global
 * one to every name and needs ten packages.
 * @throws GateError TOOL_UNTRUSTED; files written until then stay in `into`, which the caller deletes.
 */
export async function unpack(archive: string, into: string, plan: UnpackPlan): Promise<void> {
  const handle = await open(archive, 'r');
  try {
    const { size } = await handle.stat();
    const magic = (await handle.read(Buffer.alloc(2), 0, 2, 0)).buffer;
    const maxBytes = Math.min(plan.maxBytes, Math.max(ratioFloor, size * maxRatio));
    if (magic.readUInt16BE(0) !== 0x1f8b) throw refused('it is not a gzipped tar');
    await take(readTar(limited(through(createReadStream(archive), createGunzip()), maxBytes)), into, plan);
  } catch (thrown) {
    if (thrown instanceof GateError) throw thrown;
    const damaged = thrown instanceof Error && /^(Z_|ERR_)/.test('code' in thrown ? String(thrown.code) : '');
    throw damaged ? refused(`it is damaged (${thrown.message})`) : thrown;
  } finally {
    await handle.close();
  }
}

async function take(entries: AsyncIterable<ArchiveEntry>, into: string, plan: UnpackPlan): Promise<void> {
  const seen = new Set<string>();
  const missing = new Set(plan.files);
  for await (const entry of entries) {
    const name = safeName(entry.name);
    if (seen.size >= maxEntries) throw refused(`it contains more than ${maxEntries} entries`);
    if (entry.kind === 'folder') continue;
    // For some file systems `trivy` and `Trivy` are one name.
    const key = name.normalize('NFC').toLowerCase();
    if (seen.has(key)) throw refused(`it contains ${name} twice`);
    seen.add(key);
    if (entry.kind === 'special') throw refused(`it contains ${name}, which is a device or a pipe`);
    const wanted = missing.has(name) || plan.folders.some((folder) => folder === '' || name.startsWith(`${folder}/`));
    if (entry.kind === 'link') refuseLink(name, entry.target, wanted);
    else if (wanted) {
      missing.delete(name);
      await writeNew(path.join(into, name), entry.content());
    }
  }
  const [absent] = missing;
  if (absent !== undefined) throw refused(`it does not contain ${absent}`);
}

async function writeNew(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await makeFolders(path.dirname(file));
  await pipeline(Readable.from(content), createWriteStream(file, { flags: 'wx' }));
}

function safeName(raw: string): string {
  const name = raw.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  const parts = name.split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: such names are what is looked for
  if (/[\\\x00-\x1f\x7f]/.test(raw)) throw refused(`it contains a name with control characters or backslashes`);
  if (raw.startsWith('/') || /^[a-zA-Z]:/.test(raw)) throw refused(`it contains ${raw}, an absolute path`);
  if (parts.includes('..')) throw refused(`it contains ${raw}, which is outside of it`);
  return name;
}

/** Links are never created; one that leads out of the archive is an attack, and one instead of the executable is not an executable. */
function refuseLink(name: string, target: ArchiveEntry['target'], wanted: boolean): void {
  const from = target?.hard === true ? '.' : path.posix.dirname(name);
  const to = path.posix.join(from, target?.to ?? '..');
  if (target === undefined || target.to.startsWith('/') || to === '..' || to.startsWith('../'))
    throw refused(`it contains ${name}, a link that points outside of it`);
  if (wanted) throw refused(`its ${name} is a link`);
}
