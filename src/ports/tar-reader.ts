import { type ArchiveEntry, refused } from './archive.ts';

/**
 * ustar (POSIX.1-2017, pax "ustar interchange format") with pax headers for path, linkpath and size, and GNU's long names `L` and `K`
 * (https://www.gnu.org/software/tar/manual/html_node/Standard.html).
 */
const block = 512;
/** Limit of a pax header or a long name. */
const maxMetaBytes = 64 * 1024;

export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveEntry> {
  const bytes = createReader(chunks);
  let longer: Readonly<Record<string, string>> = {};
  for (;;) {
    const header = await bytes.exactly(block);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const stated = octal(header, 124, 12);
    if ('xgLK'.includes(type)) {
      const text = await meta(bytes, stated);
      if (type === 'g' && /(^|\n)\d+ (path|linkpath|size)=/.test(text)) throw refused('it has global headers for names or sizes');
      if (type === 'x') longer = { ...longer, ...pax(text) };
      if (type === 'L') longer = { ...longer, path: text.replace(/\0.*$/s, '') };
      if (type === 'K') longer = { ...longer, linkpath: text.replace(/\0.*$/s, '') };
      continue;
    }
    const size = longer.size === undefined ? stated : decimal(longer.size);
    const kind = kinds[type] ?? 'special';
    const held = kind === 'link' || kind === 'folder' ? 0 : size;
    const target = { to: longer.linkpath ?? text(header, 157, 100), hard: type === '1' };
    let left = held;
    yield {
      name: longer.path ?? nameOf(header),
      kind,
      size,
      ...(kind === 'link' && { target }),
      content: async function* () {
        while (left > 0) {
          const chunk = await bytes.some(left);
          left -= chunk.length;
          yield chunk;
        }
      },
    };
    while (left > 0) left -= (await bytes.some(left)).length;
    await bytes.exactly((block - (held % block)) % block);
    longer = {};
  }
}

const kinds: Readonly<Record<string, ArchiveEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'link',
  '5': 'folder',
};

function nameOf(header: Buffer): string {
  const isUstar = text(header, 257, 5) === 'ustar';
  // GNU's own format has times where ustar has the prefix.
  const prefix = isUstar && header[262] === 0 ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** GNU's base-256 numbers are for sizes past 8 GB, which no engine has. */
function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw refused('a size in it is not a number');
  return Number.parseInt(digits || '0', 8);
}

function decimal(digits: string): number {
  if (!/^\d{1,12}$/.test(digits)) throw refused('a size in it is not a number');
  return Number(digits);
}

/** The sum of the header's bytes, its own field counted as spaces. */
function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== octal(header, 148, 8)) throw refused('a header in it is damaged');
}

async function meta(bytes: Reader, size: number): Promise<string> {
  if (size > maxMetaBytes) throw refused('a name in it is too long');
  const content = await bytes.exactly(size);
  await bytes.exactly((block - (size % block)) % block);
  return content.toString('utf8');
}

/** `<length> <key>=<value>\n`, length in bytes and counting itself. */
function pax(records: string): Record<string, string> {
  const found: Record<string, string> = {};
  let rest = Buffer.from(records);
  while (rest.length > 0) {
    const length = Number(/^(\d{1,6}) /.exec(rest.toString('latin1'))?.[1] ?? 0);
    const record = rest.subarray(0, length).toString('utf8');
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(record) ?? [];
    if (key === undefined || value === undefined || rest.length < length) throw refused('an extended header in it is damaged');
    if (['path', 'linkpath', 'size'].includes(key)) found[key] = value;
    rest = rest.subarray(length);
  }
  return found;
}

interface Reader {
  exactly(length: number): Promise<Buffer>;
  /** At least one byte, at most `most`. */
  some(most: number): Promise<Buffer>;
}

function createReader(chunks: AsyncIterable<Uint8Array>): Reader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  const some = async (most: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) throw refused('it is truncated');
      rest = Buffer.from(next.value);
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  };
  const exactly = async (length: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await some(left);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  };
  return { some, exactly };
}
