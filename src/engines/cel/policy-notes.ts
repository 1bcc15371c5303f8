import * as z from 'zod';
import type { JsonPatchOperation } from '../../model/finding.ts';
import type { JsonValue } from '../../model/json.ts';
import { parseSeverity, type Severity } from '../../model/severity.ts';
import { broken, type PolicyDocument } from './policy-document.ts';

/** The gate's own annotations (`k8s-gate.io/…`) of a policy, all optional. */
export interface PolicyNotes {
  /** One for each validation, in their order. */
  readonly severities?: readonly Severity[];
  readonly title?: string;
  readonly category?: string;
  readonly description?: string;
  readonly fix?: string;
  readonly helpUrl?: string;
  readonly field?: string;
  readonly patch?: readonly JsonPatchOperation[];
  /** The value that the field named by a message should have: each finding gets a patch that sets it. */
  readonly set?: JsonValue;
  /** `k8s-gate.io/enabled: "false"`: runs only if the configuration enables it. */
  readonly optIn: boolean;
}

const patchSchema = z.array(
  z.strictObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string().startsWith('/'), value: z.json().optional() }),
);

/** Throws POLICY_INVALID for an annotation that is not valid. */
export function readNotes(source: PolicyDocument, validations: number): PolicyNotes {
  const note = (key: string): string | undefined => source.annotations[`k8s-gate.io/${key}`];
  const texts = {
    title: note('title'),
    category: note('category'),
    description: note('description') ?? source.annotations.description,
    fix: note('fix'),
    field: note('field'),
    helpUrl: note('help-url')?.startsWith('https://') ? note('help-url') : undefined,
  };
  const severity = note('severity');
  const patch = note('patch');
  const set = note('set');
  return {
    ...present(texts),
    ...(severity !== undefined && { severities: readSeverities(severity, validations, source) }),
    ...(patch !== undefined && { patch: readPatch(patch, source) }),
    ...(set !== undefined && { set: readSet(set, source) }),
    optIn: note('enabled') === 'false',
  };
}

function present(texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** One for the whole policy, or one for each of its validations: `high, critical, high`. */
function readSeverities(text: string, validations: number, source: PolicyDocument): readonly Severity[] {
  const names = text.split(',').map((name) => name.trim());
  const severities = names.map(parseSeverity);
  const unknown = severities.indexOf('unknown');
  if (unknown >= 0)
    throw broken(
      source,
      lineOf('severity', source),
      `\`k8s-gate.io/severity\` is ${JSON.stringify(names[unknown])}`,
      'critical, high, medium or low',
    );
  const [only] = severities;
  if (severities.length === 1 && only !== undefined) return Array.from({ length: validations }, () => only);
  if (severities.length === validations) return severities;
  throw broken(
    source,
    lineOf('severity', source),
    `\`k8s-gate.io/severity\` has ${severities.length} severities, and ${source.name} has ${validations} validations`,
    'one severity, or one for each validation',
  );
}

function lineOf(key: string, { document }: PolicyDocument): number {
  return document.locate(['metadata', 'annotations', `k8s-gate.io/${key}`]).line;
}

function readSet(text: string, source: PolicyDocument): JsonValue {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    throw broken(source, lineOf('set', source), '`k8s-gate.io/set` is not JSON', 'a value in JSON');
  }
}

function readPatch(text: string, source: PolicyDocument): readonly JsonPatchOperation[] {
  try {
    return patchSchema.parse(JSON.parse(text));
  } catch {
    throw broken(
      source,
      lineOf('patch', source),
      '`k8s-gate.io/patch` is not a JSON Patch',
      'a list of add, remove and replace in JSON',
    );
  }
}
