import type { CanonicalFiles } from '../../model/canonical.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import { containerAt, podSpecAt } from '../../model/pod-paths.ts';
import type { Resource } from '../../model/resource.ts';
import type { TrivyMisconfiguration } from './output.ts';

/**
 * Trivy reports a container or pod spec as a whole (lines 8 to 31). The affected field follows from the check: below the container, below the
 * pod spec, or from the root. Checks that are not listed keep Trivy's location.
 * Source: https://github.com/aquasecurity/trivy-checks/tree/main/checks/kubernetes
 */
type Scope = 'container' | 'pod' | 'container or pod' | 'root';
const securityContext = 'securityContext';
const capabilities = [securityContext, 'capabilities'] as const;
const fields: Readonly<Record<string, readonly [Scope, FieldPath]>> = {
  'KSV-0001': ['container', [securityContext, 'allowPrivilegeEscalation']],
  'KSV-0003': ['container', [...capabilities, 'drop']],
  'KSV-0004': ['container', [...capabilities, 'drop']],
  'KSV-0005': ['container', [...capabilities, 'add']],
  'KSV-0007': ['pod', ['hostAliases']],
  'KSV-0008': ['pod', ['hostIPC']],
  'KSV-0009': ['pod', ['hostNetwork']],
  'KSV-0010': ['pod', ['hostPID']],
  'KSV-0011': ['container', ['resources', 'limits', 'cpu']],
  'KSV-0012': ['container', [securityContext, 'runAsNonRoot']],
  'KSV-0013': ['container', ['image']],
  'KSV-0014': ['container', [securityContext, 'readOnlyRootFilesystem']],
  'KSV-0015': ['container', ['resources', 'requests', 'cpu']],
  'KSV-0016': ['container', ['resources', 'requests', 'memory']],
  'KSV-0017': ['container', [securityContext, 'privileged']],
  'KSV-0018': ['container', ['resources', 'limits', 'memory']],
  'KSV-0020': ['container', [securityContext, 'runAsUser']],
  'KSV-0021': ['container', [securityContext, 'runAsGroup']],
  'KSV-0022': ['container', [...capabilities, 'add']],
  'KSV-0023': ['pod', ['volumes']],
  'KSV-0024': ['container', ['ports']],
  'KSV-0027': ['container', [securityContext, 'procMount']],
  'KSV-0030': ['container', [securityContext, 'seccompProfile', 'type']],
  'KSV-0036': ['pod', ['automountServiceAccountToken']],
  'KSV-0104': ['container', [securityContext, 'seccompProfile', 'type']],
  'KSV-0105': ['container', [securityContext, 'runAsUser']],
  'KSV-0106': ['container', [...capabilities, 'drop']],
  'KSV-0110': ['root', ['metadata', 'namespace']],
  'KSV-0118': ['container or pod', [securityContext]],
  'KSV-0119': ['container', [...capabilities, 'add']],
  'KSV-0120': ['container', [...capabilities, 'add']],
  'KSV-0125': ['container', ['image']],
};

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
  const known = fields[check];
  if (known === undefined) return path;
  const [scope, field] = known;
  if (scope === 'root') return field;
  const container = containerAt(path);
  const base = scope === 'container' || (scope === 'container or pod' && container !== undefined) ? container : podSpecAt(object);
  return base === undefined ? path : [...base, ...field];
}
