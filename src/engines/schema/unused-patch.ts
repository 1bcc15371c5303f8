import type { EngineFinding } from '../../model/finding.ts';
import { groupOf, type Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';

export const unusedPatchRule = 'unused-patch';

/** Rules that part of an object violates because the rest is elsewhere. */
const ofParts: ReadonlySet<string> = new Set(['missing-field', 'selector', 'selector-mismatch', 'container', 'crd']);

/**
 * Part of an object that a kustomization renders as a whole: a patch that no kustomization uses, as kubebuilder leaves them behind a comment.
 * It cannot be created, and every other check evaluates what it sets, so what it lacks is reported once and does not block.
 */
export function unusedPatches(
  findings: readonly EngineFinding[],
  resources: readonly Resource[],
  severity: Severity,
): readonly EngineFinding[] {
  const rules = new Map<string, string[]>();
  for (const { subject, rule } of findings)
    if (subject.kind === 'resource') rules.set(subject.resource, [...(rules.get(subject.resource) ?? []), rule]);
  const whole = resources.filter(({ uid, source }) => source.kind === 'kustomize' && !rules.has(uid));
  const patches = resources.filter((resource) => {
    const found = rules.get(resource.uid) ?? [];
    const isPart = found.includes('missing-field') && found.every((rule) => ofParts.has(rule));
    return isPart && resource.source.kind === 'plain' && whole.some((one) => isMadeOf(one, resource));
  });
  if (patches.length === 0) return findings;
  const replaced = new Set(patches.map(({ uid }) => uid));
  return [
    ...findings.filter(({ subject }) => subject.kind !== 'resource' || !replaced.has(subject.resource)),
    ...patches.map((patch) => findingOf(patch, severity)),
  ];
}

/** A kustomization may put a prefix before the name, and a suffix or a hash behind it. */
function isMadeOf({ apiVersion, kind, name }: Resource, patch: Resource): boolean {
  if (kind !== patch.kind || groupOf(apiVersion) !== groupOf(patch.apiVersion)) return false;
  return `-${name}-`.includes(`-${patch.name}-`);
}

function findingOf({ uid, kind, name }: Resource, severity: Severity): EngineFinding {
  return {
    engine: 'schema',
    category: 'misconfiguration',
    rule: unusedPatchRule,
    title: `this is part of ${kind} ${name} and looks like a patch, but no kustomization uses it`,
    severity,
    subject: { kind: 'resource', resource: uid, path: [] },
    fix: { text: 'List the file under `patches` of the kustomization, or delete it.' },
  };
}
