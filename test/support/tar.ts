/** One file of an archive; folders come from the paths. */
export interface TarEntry {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
  /** Typeflag; default: `0`, a plain file. */
  readonly type?: string;
  /** Where a link leads. */
  readonly target?: string;
}

const block = 512;

/** A ustar archive, with nothing in it that changes from run to run: no owner, no time. Paths up to 100 characters. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content);
    return [header(entry, content.length), content, Buffer.alloc((block - (content.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header({ path, mode = 0o644, type = '0', target = '' }: TarEntry, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`too long for a plain tar header: ${path}`);
  const buffer = Buffer.alloc(block);
  buffer.write(path, 0);
  buffer.write(octal(mode, 7), 100);
  buffer.write(octal(0, 7), 108);
  buffer.write(octal(0, 7), 116);
  buffer.write(octal(size, 11), 124);
  buffer.write(octal(0, 11), 136);
  buffer.fill(' ', 148, 156);
  buffer.write(type, 156);
  buffer.write(target, 157);
  buffer.write('ustar\0', 257);
  buffer.write('00', 263);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${octal(sum, 6)}\0 `, 148);
  return buffer;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
