import * as z from 'zod';
import { type FieldPath, valueAt } from '../../model/field-path.ts';
import type { GateError } from '../../model/gate-error.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { PolicyFile } from '../../model/policy.ts';
import { groupOf } from '../../model/resource.ts';
import { schemaProblems } from '../../model/schema-problem.ts';
import { parseSeverity, type Severity } from '../../model/severity.ts';
import { parseYaml } from '../../yaml/yaml.ts';
import { invalid } from '../policy-error.ts';

/** An object of one of Gatekeeper's API groups in a policy file. */
export interface GatekeeperDocument {
  readonly file: string;
  /** Line (from 1) of its first content. */
  readonly line: number;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly object: JsonObject;
  readonly spec: JsonObject;
  readonly annotations: Readonly<Record<string, string>>;
  /** The annotation `k8s-gate.io/severity`, if present. */
  readonly severity?: Severity;
  lineOf(path: FieldPath): number;
}

const headerSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().min(1), annotations: z.record(z.string(), z.string()).nullish() }),
});

/** Gatekeeper's objects in the files; everything else in them is a manifest. Throws POLICY_INVALID with file and line. */
export function readDocuments(files: readonly PolicyFile[]): readonly GatekeeperDocument[] {
  return files
    .filter(({ language }) => language === 'gatekeeper')
    .flatMap(({ file, text }) =>
      parseYaml({ file, text, errorCode: 'POLICY_INVALID' }).flatMap(({ value, line, locate }) =>
        itemsOf(value).flatMap(({ item, path }) => {
          if (!isGatekeepers(item)) return [];
          const lineOf = (field: FieldPath) => locate([...path, ...field]).line;
          return [readDocument(item, { file, line: path.length === 0 ? line : lineOf([]), lineOf })];
        }),
      ),
    );
}

function itemsOf(value: JsonValue): readonly { readonly item: JsonValue; readonly path: FieldPath }[] {
  if (!isObject(value) || value.kind !== 'List' || !isArray(value.items)) return [{ item: value, path: [] }];
  return value.items.map((item, index) => ({ item, path: ['items', index] }));
}

export function isGatekeepersGroup(group: string): boolean {
  return group.endsWith('.gatekeeper.sh');
}

/** A Suite is a test of policies, which `k8s-gate policies test` runs; it has no name. */
function isGatekeepers(value: JsonValue): value is JsonObject {
  if (!isObject(value) || typeof value.apiVersion !== 'string') return false;
  const group = groupOf(value.apiVersion);
  return isGatekeepersGroup(group) && group !== 'test.gatekeeper.sh';
}

function readDocument(object: JsonObject, place: Pick<GatekeeperDocument, 'file' | 'line' | 'lineOf'>): GatekeeperDocument {
  const header = headerSchema.safeParse(object);
  if (!header.success) {
    throw invalid(place, {
      message: 'the document is not a Kubernetes object with apiVersion, kind and metadata.name',
      next: 'Fix it, or move it out of the policy folders.',
    });
  }
  const { apiVersion, kind, metadata } = header.data;
  const annotations = metadata.annotations ?? {};
  const severity = annotations['k8s-gate.io/severity'];
  if (severity !== undefined && parseSeverity(severity) === 'unknown' && severity.trim().toLowerCase() !== 'unknown') {
    throw invalid(
      { file: place.file, line: place.lineOf(['metadata', 'annotations', 'k8s-gate.io/severity']) },
      { message: `k8s-gate.io/severity: ${JSON.stringify(severity.slice(0, 100))}`, expected: 'critical, high, medium or low' },
    );
  }
  return {
    ...place,
    kind,
    group: groupOf(apiVersion),
    name: metadata.name,
    object,
    spec: isObject(object.spec) ? object.spec : {},
    annotations,
    ...(severity !== undefined && { severity: parseSeverity(severity) }),
  };
}

/** POLICY_INVALID for a part of an object that its schema refused. */
export function invalidPart(
  { file, kind, name, object, lineOf }: GatekeeperDocument,
  prefix: FieldPath,
  error: z.ZodError,
  schema: z.ZodType,
): GateError {
  const [{ path, message, expected }] = schemaProblems(error, { schema, prefix, value: valueAt(object, prefix) });
  return invalid(
    { file, line: lineOf(path) },
    {
      message: `${kind} ${name}: ${message}`,
      ...(expected !== undefined && { expected }),
      next: `Correct the ${kind}: Gatekeeper would not apply it as written.`,
    },
  );
}
