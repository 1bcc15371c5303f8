import { RequestError } from './system-error.ts';

/**
 * Text that is compressed as one Snappy block, in which GitHub stores attestations. Throws RequestError for damaged data, and for more than
 * `maxBytes`. https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unsnappy(data: Buffer, maxBytes: number): Buffer {
  const { value: size, next } = readSize(data);
  if (size > maxBytes) throw new RequestError(`it unpacks to more than ${maxBytes} bytes`, { final: true });
  const output = Buffer.alloc(size);
  let [from, to] = [next, 0];
  while (from < data.length) {
    const tag = byteAt(data, from);
    from += 1;
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const extra = short < 60 ? 0 : short - 59;
      const length = (extra === 0 ? short : numberAt(data, from, extra)) + 1;
      from += extra;
      if (from + length > data.length || to + length > size) throw damaged();
      data.copy(output, to, from, from + length);
      [from, to] = [from + length, to + length];
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const bytes = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const offset = numberAt(data, from, bytes) + (kind === 1 ? (tag >> 5) << 8 : 0);
    from += bytes;
    if (offset === 0 || offset > to || to + length > size) throw damaged();
    // Byte by byte: a copy may overlap what it writes.
    for (const end = to + length; to < end; to++) output[to] = byteAt(output, to - offset);
  }
  if (to !== size) throw damaged();
  return output;
}

/** The size of the content, seven bits a byte. */
function readSize(data: Buffer): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = byteAt(data, index);
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, next: index + 1 };
  }
  throw damaged();
}

function byteAt(data: Buffer, index: number): number {
  const byte = data[index];
  if (byte === undefined) throw damaged();
  return byte;
}

function numberAt(data: Buffer, index: number, bytes: number): number {
  if (index + bytes > data.length) throw damaged();
  return data.readUIntLE(index, bytes);
}

function damaged(): RequestError {
  return new RequestError('it is not compressed as Snappy', { final: true });
}
