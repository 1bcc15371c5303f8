import { StringDecoder } from 'node:string_decoder';

/**
 * What a child wrote to one of its pipes, at most `maxBytes` of it. `add` answers with the text of a chunk, or with undefined
 * where it went past the limit; what fitted is kept.
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

/** A line that never ends must not be held whole: past this many characters it is handed over in pieces. */
const maxLineLength = 16_384;

/** Cuts text that comes in chunks into lines. `end` hands over a last line without a line break. */
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
