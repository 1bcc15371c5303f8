import type { EngineFinding } from '../../model/finding.ts';
import { groupBy } from '../../model/group.ts';
import { groupOf, type Resource } from '../../model/resource.ts';
import type { Severity } from '../../model/severity.ts';

export const unusedPatchRule = 'unused-patch';

/** Rules that part of an object violates because the rest is elsewhere. */
const ofParts: ReadonlySet<string> = new Set(['missing-field', 'selector', 'selector-mismatch', 'container', 'crd']);
const lacks = ({ rule, title }: EngineFinding): boolean => rule === 'missing-field' || title.includes(': Required value');

/**
 * Part of an object that a kustomization renders as a whole, or that is in a file or folder of patches: a patch that no kustomization uses, as
 * kubebuilder leaves them behind a comment. It cannot be created, and every other check evaluates what it sets, so what it lacks is reported
 * once and does not block.
 */
export function unusedPatches(
  findings: readonly EngineFinding[],
  resources: readonly Resource[],
  severity: Severity,
): readonly EngineFinding[] {
  const byResource = groupBy(findings, ({ subject }) => (subject.kind === 'resource' ? subject.resource : undefined));
  const whole = resources.filter(({ uid, source }) => source.kind === 'kustomize' && !byResource.has(uid));
  const patches = resources.filter((resource) => {
    const found = byResource.get(resource.uid) ?? [];
    const isPart = found.some(lacks) && found.every((finding) => lacks(finding) || ofParts.has(finding.rule));
    if (!isPart || resource.source.kind !== 'plain') return false;
    return isNamedPatch(resource.source.unit) || whole.some((one) => isMadeOf(one, resource));
  });
  if (patches.length === 0) return findings;
  const replaced = new Set(patches.map(({ uid }) => uid));
  return [
    ...findings.filter(({ subject }) => subject.kind !== 'resource' || !replaced.has(subject.resource)),
    ...patches.map((patch) => findingOf(patch, severity)),
  ];
}

/** `patches/a.yaml`, `manager_webhook_patch.yaml`. */
function isNamedPatch(file: string): boolean {
  return /(?:^|\/)patches\/|(?:^|[/_.-])patch(?:[_.-][^/]*)?$/.test(file);
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
