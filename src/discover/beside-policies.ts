import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { PolicyFile } from '../model/policy.ts';
import { itemsOf } from '../yaml/objects.ts';
import { parseYaml } from '../yaml/yaml.ts';

export type Text = Pick<PolicyFile, 'file' | 'text'>;

/** Files without a policy that the policies read: parameters of ValidatingAdmissionPolicies, and data of Rego. */
export function readBy(policies: readonly PolicyFile[], others: readonly Text[]): readonly PolicyFile[] {
  const isOfParams = paramsTest(policies);
  const hasRego = policies.some(({ language }) => language === 'rego');
  return others.flatMap((other): readonly PolicyFile[] => {
    if (isOfParams(other)) return [{ ...other, language: 'cel' }];
    return hasRego && isData(other) ? [{ ...other, language: 'rego' }] : [];
  });
}

/** Whether a file has an object of a kind that is the parameters of a ValidatingAdmissionPolicy in another file. */
function paramsTest(policies: readonly PolicyFile[]): (file: Text) => boolean {
  const objectsIn = (file: Text) => valuesOf(file).flatMap(itemsOf).filter(isObject);
  const kindOf = ({ apiVersion, kind }: JsonObject) => `${String(apiVersion)} ${String(kind)}`;
  const kinds = new Set(
    policies
      .filter(({ language }) => language === 'cel')
      .flatMap(objectsIn)
      .flatMap(({ spec }) => (isObject(spec) && isObject(spec.paramKind) ? [kindOf(spec.paramKind)] : [])),
  );
  return (file) => kinds.size > 0 && objectsIn(file).some((object) => kinds.has(kindOf(object)));
}

/** A file of values with names, as those of `conftest --data`: neither an object of Kubernetes nor a list. */
function isData(file: Text): boolean {
  const values = valuesOf(file);
  return values.length > 0 && values.every((value) => isObject(value) && !('apiVersion' in value) && !('kind' in value));
}

function valuesOf({ file, text }: Text): readonly JsonValue[] {
  return parseYaml({ file, text, errorCode: 'POLICY_INVALID' }).map(({ value }) => value);
}
