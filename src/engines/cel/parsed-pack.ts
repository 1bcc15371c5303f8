import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import type { JsonValue } from '../../model/json.ts';
import { once } from '../../model/once.ts';
import type { Files } from '../../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../../yaml/yaml.ts';
import type { PolicyText } from './load.ts';

/** Relative to the installation; written by scripts/build.mjs. */
const parsedPackPath = 'dist/pack.json';

const schema = once(() =>
  z.strictObject({
    /** SHA-256 of the texts that were parsed, hex. */
    of: z.string(),
    // What JSON.parse returns is JSON: checking each value again took longer than reading the file.
    documents: z.record(z.string(), z.array(z.strictObject({ line: z.int(), value: z.custom<JsonValue>(isPresent) }))),
  }),
);

function isPresent(value: unknown): boolean {
  return value !== undefined;
}

export function parsePolicies({ path: file, text }: PolicyText): readonly YamlDocument[] {
  return parseYaml({ file, text, errorCode: 'POLICY_INVALID' });
}

/** The content of dist/pack.json for these texts. */
export function parsedPackText(texts: readonly PolicyText[]): string {
  const documents = Object.fromEntries(texts.map((text) => [text.path, parsePolicies(text)]));
  return `${JSON.stringify({ of: hashOf(texts), documents })}\n`;
}

/**
 * The texts with their documents as the build parsed them, which saves a run on a small repository a sixth of its time. Only for the very
 * texts that are installed: changed ones, and the sources without a build, are parsed by the run.
 */
export async function withDocuments(
  texts: readonly PolicyText[],
  files: Files,
  gateRoot: string,
): Promise<readonly PolicyText[]> {
  const file = path.join(gateRoot, parsedPackPath);
  if ((await files.stat(file)) === undefined) return texts;
  const { of, documents } = schema().parse(JSON.parse(await files.readText(file)));
  if (of !== hashOf(texts)) return texts;
  return texts.map((text) => ({
    ...text,
    documents: (documents[text.path] ?? []).map((document, index) => ({
      ...document,
      // Only a policy that is refused needs the line of a field.
      locate: (field) => parsePolicies(text)[index]?.locate(field) ?? { file: text.path, line: document.line, precision: 'file' },
    })),
  }));
}

function hashOf(texts: readonly PolicyText[]): string {
  const hash = createHash('sha256');
  for (const { path: file, text } of texts) hash.update(`${file} ${text.length}\n`).update(text);
  return hash.digest('hex');
}
