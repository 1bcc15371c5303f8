import { type FieldPath, formatPath } from '../../model/field-path.ts';
import { GateError } from '../../model/gate-error.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import type { CelResult } from './evaluate.ts';
import { apiResource } from './kinds.ts';
import { misfitsIn } from './manifest-shape.ts';
import type { CelPolicy } from './policy.ts';

/** A built-in kind in the wrong case, which no policy would match. */
export function wrongKind(resource: Resource): GateError | undefined {
  const { apiVersion, kind } = resource;
  const { meant } = apiResource(apiVersion, kind);
  if (meant === undefined) return undefined;
  return new GateError('MANIFEST_INVALID', {
    ...placeOf(resource, ['kind']),
    message: `${apiVersion} has no kind ${kind}: ${resourceLabel(resource)} can't be evaluated`,
    expected: meant,
    next: `Write \`kind: ${meant}\`: the API server rejects the manifest.`,
  });
}

/**
 * The error of a policy on an object whose fields do not have the types of its kind is an error of the manifest, at the first of these fields,
 * however many policies read it. An expression that costs too much is always reported for the policy.
 */
export function faultOf(policy: CelPolicy, result: CelResult, resource: Resource): GateError {
  return (result.tooCostly ? undefined : wrongType(resource)) ?? policyFault(policy, result, resource);
}

export function wrongType(resource: Resource): GateError | undefined {
  const [first, ...others] = misfitsIn(resource.object);
  if (first === undefined) return undefined;
  // Lines of what a tool rendered are not known yet.
  const lineOf = (path: FieldPath): string =>
    resource.source.kind === 'plain' ? `line ${resource.origin.locate(path).line}, ` : '';
  const also = others.map(({ path, expected }) => `${formatPath(path)} (${lineOf(path)}${expected})`);
  return new GateError('MANIFEST_INVALID', {
    ...placeOf(resource, first.path),
    message: `${formatPath(first.path)} of ${resourceLabel(resource)} is ${first.found}${also.length === 0 ? '' : `, and the types of other fields are wrong as well: ${also.join(', ')}`}`,
    expected: first.expected,
    next: 'Fix the type: the API server rejects the manifest, and policies cannot be evaluated.',
  });
}

function placeOf({ uid, origin }: Resource, path: FieldPath) {
  const { file, line, column } = origin.locate(path);
  return { file, line, ...(column !== undefined && { column }), field: { resource: uid, path } };
}

export function policyFault(
  policy: Pick<CelPolicy, 'name' | 'file' | 'line'>,
  result: Pick<CelResult, 'message' | 'tooCostly'>,
  resource: Resource,
): GateError {
  return new GateError('POLICY_INVALID', {
    file: policy.file,
    line: policy.line,
    message: `${policy.name} can't be evaluated for ${resourceLabel(resource)}: ${result.message}`,
    expected: 'pass or fail',
    next: result.tooCostly
      ? 'Shorten the lists in the manifest, or change the policy so that it reads each list only once.'
      : 'k8s-gate does not apply default values to manifests: use has() or a default in the policy before it reads an optional field.',
  });
}
