import { StringDecoder } from 'node:string_decoder';

/**
 * The output of a child on one of its pipes, at most `maxBytes` of it. `add` returns the text of a chunk, or undefined if the chunk exceeds
 * the limit; the part that fits is kept.
 */
export function cappedText(maxBytes: number): { add(chunk: Buffer): string | undefined; end(): string } {
  const decoder = new StringDecoder('utf8');
  let room = maxBytes;
  let all = '';
  return {
    add(chunk) {
      const fits = chunk.length <= room;
      const text = decoder.write(fits ? chunk : chunk.subarray(0, room));
      room -= fits ? chunk.length : room;
      all += text;
      return fits ? text : undefined;
    },
    end: () => all + decoder.end(),
  };
}

/** A line without an end must not fill the memory: past this many characters it is passed on in pieces. */
const maxLineLength = 16_384;

/** Splits chunks of text into lines. `end` passes on a last line without a line break. */
export function eachLine(onLine: (line: string) => void): { add(text: string): void; end(): void } {
  let rest = '';
  return {
    add(text) {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      while (rest.length > maxLineLength) {
        onLine(rest.slice(0, maxLineLength));
        rest = rest.slice(maxLineLength);
      }
    },
    end() {
      const line = rest.replace(/\r$/, '');
      rest = '';
      if (line !== '') onLine(line);
    },
  };
}
