import optional from './optional.json' with { type: 'json' };

/**
 * Fields that the OpenAPI definitions require because their Go type has no `omitempty`, although the API server accepts objects without
 * them: the zero value is valid. From the validation code of k8s.io/kubernetes (pkg/apis/*\/validation), which reads decoded objects and
 * cannot tell a missing field from its zero value.
 */
const names = new Map<string, ReadonlySet<string>>(Object.entries(optional).map(([type, fields]) => [type, new Set(fields)]));

export function mayBeMissing(type: string, field: string): boolean {
  return names.get(type)?.has(field) === true;
}
