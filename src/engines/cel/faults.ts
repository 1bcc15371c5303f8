import { formatPath } from '../../model/field-path.ts';
import { GateError } from '../../model/gate-error.ts';
import { type Resource, resourceLabel } from '../../model/resource.ts';
import type { CelResult } from './evaluate.ts';
import { shapeOf } from './kind-shapes.ts';
import { type ApiResource, apiResource } from './kinds.ts';
import { misfitsIn } from './manifest-shape.ts';
import type { CelPolicy } from './policy.ts';

/** A built-in kind in letters of another case, which no policy would be about. */
export function wrongKind(resource: Resource, { kind, meant }: ApiResource): GateError | undefined {
  if (meant === undefined) return undefined;
  return new GateError('MANIFEST_INVALID', {
    ...placeOf(resource, ['kind']),
    message: `${resource.apiVersion} has no kind ${kind}: ${resourceLabel(resource)} can't be evaluated`,
    expected: meant,
    next: `Write \`kind: ${meant}\`: the API server refuses the manifest as it is.`,
  });
}

/**
 * A policy that fails on an object whose fields do not have the types of its kind is not at fault: the manifest is, at the first of these fields,
 * however many policies read it. One that costs too much is at fault in any case, or the manifest is in another way.
 */
export function faultOf(policy: CelPolicy, result: CelResult, resource: Resource): GateError {
  return (result.tooCostly ? undefined : wrongType(resource)) ?? stumbled(policy, result, resource);
}

export function wrongType(resource: Resource): GateError | undefined {
  const { object, apiVersion, kind } = resource;
  const [first, ...others] = misfitsIn(object, shapeOf(apiResource(apiVersion, kind)));
  if (first === undefined) return undefined;
  const also = others.map(({ path, expected }) => `${formatPath(path)} (line ${resource.origin.locate(path).line}, ${expected})`);
  return new GateError('MANIFEST_INVALID', {
    ...placeOf(resource, first.path),
    message: `${formatPath(first.path)} of ${resourceLabel(resource)} is ${first.found}${also.length === 0 ? '' : `, and the types of other fields are wrong, too: ${also.join(', ')}`}`,
    expected: first.expected,
    next: "Fix the type: the API server refuses the manifest as it is, and policies can't be evaluated on it.",
  });
}

function placeOf({ origin }: Resource, path: readonly (string | number)[]) {
  const { file, line, column } = origin.locate(path);
  return { file, line, ...(column !== undefined && { column }) };
}

function stumbled(policy: CelPolicy, result: CelResult, resource: Resource): GateError {
  return new GateError('POLICY_INVALID', {
    file: policy.file,
    line: policy.line,
    message: `${policy.name} can't be evaluated for ${resourceLabel(resource)}: ${result.message}`,
    expected: 'pass or fail',
    next: result.tooCostly
      ? 'Shorten the lists of the manifest, or let the policy go through them once, not once for each of their items.'
      : 'Manifests are not defaulted here: let the policy ask with has() or a default before it reads an optional field.',
  });
}
