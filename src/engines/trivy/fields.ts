import type { CanonicalFiles } from '../../model/canonical.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { containerAt, podSpecAt } from '../../model/pod-paths.ts';
import type { Resource } from '../../model/resource.ts';
import data from './checks.json' with { type: 'json' };
import type { TrivyMisconfiguration } from './output.ts';

/**
 * Trivy reports a container or pod spec as a whole (lines 8 to 31). The affected field follows from the check: below the container, below the
 * pod spec, or from the root. Checks that are not listed keep Trivy's location.
 * Source: https://github.com/aquasecurity/trivy-checks/tree/main/checks/kubernetes
 */
const scopes = ['container', 'pod', 'container or pod', 'root'] as const;
const fields: Readonly<Record<(typeof scopes)[number], Readonly<Record<string, FieldPath>>>> = data.fields;

/** The field of a misconfiguration: the common parent of all its lines, refined by the check. Empty for the resource. */
export function fieldOf(
  found: TrivyMisconfiguration,
  canonical: CanonicalFiles,
  resource: Pick<Resource, 'uid' | 'object'>,
): FieldPath {
  const { StartLine: start = 0, EndLine: end = start } = found.CauseMetadata ?? {};
  const paths: FieldPath[] = [];
  for (let line = start; start > 0 && line <= end; line++) {
    const path = canonical.fieldAt(resource.uid, line);
    if (path !== undefined) paths.push(path);
  }
  return sharpen(found.ID, commonParent(paths), resource.object);
}

function commonParent(paths: readonly FieldPath[]): FieldPath {
  const [first = [], ...rest] = paths;
  let length = first.length;
  for (const path of rest) {
    let same = 0;
    while (same < length && path[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length);
}

export function sharpen(check: string, path: FieldPath, object: JsonObject): FieldPath {
  const scope = scopes.find((one) => Object.hasOwn(fields[one], check));
  const field = scope && fields[scope][check];
  if (field === undefined) return path;
  if (scope === 'root') return field;
  const container = containerAt(path);
  const base = scope === 'container' || (scope === 'container or pod' && container !== undefined) ? container : podSpecAt(object);
  return base === undefined ? path : [...base, ...field];
}
