import { objectAt, objectsAt } from '../../model/field-path.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Severity } from '../../model/severity.ts';
import { invalid } from '../policy-error.ts';
import type { GatekeeperDocument } from './documents.ts';
import { type Needs, needsOf, withCreate } from './needs.ts';

export interface Template {
  /** The kind of its Constraints. */
  readonly kind: string;
  readonly document: GatekeeperDocument;
  readonly severity?: Severity;
  readonly title?: string;
  readonly description?: string;
  /** gator prefers CEL if a template has both. */
  readonly language: 'rego' | 'cel';
  readonly needs: Needs;
  /** Its operations leave out the creation of objects, and a gate sees nothing else. */
  readonly neverOnCreate: boolean;
  /** The object that gator gets. */
  readonly copy: JsonObject;
}

export function readTemplate(document: GatekeeperDocument): Template {
  const { spec, object, annotations } = document;
  const kind = objectAt(objectAt(objectAt(spec, 'crd'), 'spec'), 'names').kind;
  if (typeof kind !== 'string' || kind === '') {
    throw invalid(document, {
      message: `ConstraintTemplate ${document.name} does not name the kind of its Constraints`,
      expected: 'spec.crd.spec.names.kind',
    });
  }
  const target = objectsAt(spec, 'targets')[0];
  const native = objectsAt(target, 'code').find(({ engine }) => engine === 'K8sNativeValidation');
  const language = native === undefined ? 'rego' : 'cel';
  const code = native === undefined ? regoOf(target) : [native.source ?? null].flatMap(textsOf);
  const operations = isArray(target?.operations) ? target.operations : [];
  const title = annotations['metadata.gatekeeper.sh/title'];
  const { description } = annotations;
  return {
    kind,
    document,
    language,
    needs: needsOf(code.join('\n'), language),
    neverOnCreate: operations.length > 0 && !operations.includes('CREATE') && !operations.includes('*'),
    copy: {
      apiVersion: object.apiVersion ?? null,
      kind: object.kind ?? null,
      metadata: { name: document.name },
      spec: withCreate(spec, language),
    },
    ...(document.severity !== undefined && { severity: document.severity }),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
  };
}

function regoOf(target: JsonObject | undefined): readonly string[] {
  const inline = [target?.rego ?? null, target?.libs ?? null];
  const code = objectsAt(target, 'code').map(({ source }) => source ?? null);
  return [...inline, ...code].flatMap(textsOf);
}

function textsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value).flatMap(textsOf) : [];
}
