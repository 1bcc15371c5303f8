import type { EngineRun } from '../model/engine-run.ts';
import { pointerOf, valueAt } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';
import { parseImageName } from '../model/image-name.ts';
import type { ManifestSet } from '../model/manifest-set.ts';

/**
 * Rules about the field of a single image that a digest satisfies, whatever the tag.
 * cel: policies/images. kube-linter: https://github.com/stackrox/kube-linter/tree/main/pkg/templates/latesttag with the check's patterns.
 * trivy: https://github.com/aquasecurity/trivy-checks/blob/main/checks/kubernetes/uses_image_tag_latest.rego
 */
const satisfiedByDigest: ReadonlySet<string> = new Set([
  'cel/require-digest',
  'cel/no-latest-tag',
  'kube-linter/latest-tag',
  'trivy/KSV-0013',
]);

/**
 * Adds a patch to such findings that pins the image to the scanned digest: `name:tag@sha256:…`
 * (https://github.com/distribution/reference), if an engine of the same run resolved the tag.
 */
export function digestFixer(runs: readonly EngineRun[], set: ManifestSet): (finding: EngineFinding) => EngineFinding {
  const digests = new Map(runs.flatMap((run) => (run.status === 'completed' ? Object.entries(run.digests ?? {}) : [])));
  if (digests.size === 0) return (finding) => finding;
  const resources = new Map(set.resources.map((resource) => [resource.uid, resource]));
  return (finding) => {
    const { subject, fix } = finding;
    if (subject.kind !== 'resource' || fix?.patch !== undefined || !satisfiedByDigest.has(`${finding.engine}/${finding.rule}`))
      return finding;
    const reference =
      subject.path.at(-1) === 'image' ? valueAt(resources.get(subject.resource)?.object, subject.path) : undefined;
    const digest = typeof reference === 'string' ? digests.get(reference) : undefined;
    if (typeof reference !== 'string' || digest === undefined) return finding;
    const name = parseImageName(reference);
    if (name === undefined || name.digest !== undefined) return finding;
    const patch = [{ op: 'replace', path: pointerOf(subject.path), value: `${reference}@${digest}` }] as const;
    return { ...finding, fix: { text: 'Pin the image to the scanned digest.', ...fix, patch } };
  };
}
