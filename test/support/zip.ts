import { deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Unix mode with its file type; default: a plain file, 0644. */
  readonly mode?: number;
  /** What the local header contains, if it is to differ from the directory. */
  readonly localPath?: string;
  /** The uncompressed size that is stated, where it is to be wrong. */
  readonly size?: number;
  readonly method?: number;
}

/** A zip as APPNOTE 6.3 has it. Checksums are left 0: nothing here reads them, the archive's own hash is checked. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const packed = deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(entry.method ?? 8, 4);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(entry.size ?? content.length, 18);
    const local = Buffer.from(entry.localPath ?? entry.path);
    const localFields = Buffer.from(shared);
    localFields.writeUInt16LE(local.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), localFields, local, packed);
    const name = Buffer.from(entry.path);
    const head = Buffer.alloc(46);
    head.write('PK\x01\x02', 'latin1');
    shared.copy(head, 6);
    head.writeUInt16LE(name.length, 28);
    head.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38);
    head.writeUInt32LE(offset, 42);
    directory.push(head, name);
    offset += 30 + local.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
