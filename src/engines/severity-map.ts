import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import { schemaProblems } from '../model/schema-problem.ts';
import { severities } from '../model/severity.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';

export const severitySchema = z.enum(severities);

/** Severities for engines that do not report any: one key per engine. */
export const severityFile = 'policies/severity.yaml';

/** Reads one engine's section of policies/severity.yaml. Throws CONFIG_INVALID with the line of the error. */
export async function readSeverities<Part>(files: Files, gateRoot: string, engine: string, part: z.ZodType<Part>): Promise<Part> {
  const text = await files.readText(path.join(gateRoot, severityFile));
  const [document, ...more] = parseYaml({ file: severityFile, text, errorCode: 'CONFIG_INVALID' });
  if (document === undefined || more.length > 0) {
    const message = `${more.length === 0 ? 'no document' : 'more than one document'} in it`;
    throw new GateError('CONFIG_INVALID', { file: severityFile, message, expected: 'one map, with a key for each engine' });
  }
  const parsed = z.looseObject({ [engine]: part }).safeParse(document.value);
  if (parsed.success) return part.parse(parsed.data[engine]);
  const [{ path: at, message }] = schemaProblems(parsed.error, { value: document.value });
  throw new GateError('CONFIG_INVALID', {
    file: severityFile,
    line: document.locate(at).line,
    message,
    expected: `one of ${severities.join(', ')} for each rule`,
    next: 'Fix the file, or reinstall k8s-gate, which it is part of.',
  });
}
