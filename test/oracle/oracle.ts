import { execFileSync } from 'node:child_process';
import * as z from 'zod';
import type { JsonObject } from '../../src/model/json.ts';
import { buildGo } from './build.ts';

/** The Go program in reader/. */
export function buildOracle(): string | undefined {
  return buildGo('reader', 'what kubectl reads is not compared');
}

export interface Answer {
  readonly objects: readonly JsonObject[];
  readonly error: string | undefined;
}

const answerSchema = z.object({
  objects: z.array(z.custom<JsonObject>((value) => typeof value === 'object' && value !== null)),
  error: z.string().optional(),
});

/** What kubectl reads in each text, by one process. */
export function askOracle(executable: string, texts: readonly string[]): readonly Answer[] {
  const frames = texts.flatMap((text) => {
    const content = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return [length, content];
  });
  const output = execFileSync(executable, { input: Buffer.concat(frames), maxBuffer: 2 ** 30, encoding: 'utf8' });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { objects, error } = answerSchema.parse(JSON.parse(line));
      return { objects, error };
    });
}
