import type { Coverage, EngineRun } from '../model/engine-run.ts';
import { parsePath, pointerOf, valueAt } from '../model/field-path.ts';
import type { EngineFinding, Fix, JsonPatchOperation } from '../model/finding.ts';
import { gapRule } from '../model/gap.ts';
import { GateError } from '../model/gate-error.ts';
import { addTo } from '../model/group.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { ownerPath, type PodTemplate } from '../model/pod-template.ts';
import { podTemplates } from '../model/pod-templates.ts';
import type { Resource } from '../model/resource.ts';

export interface StandIns {
  /** What engines judge: the set, with a Pod for each template of a custom resource right after its owner. */
  readonly set: ManifestSet;
  /** Engines' answers as answers about the owners: no stand-in is in them. */
  toOwners(runs: readonly EngineRun[]): readonly EngineRun[];
}

interface StandIn {
  readonly owner: Resource;
  readonly template: PodTemplate;
}

/** No engine knows the kinds of all operators, and every engine knows a Pod. */
export function standIns(set: ManifestSet): StandIns {
  const byUid = new Map<string, StandIn>();
  const resources = set.resources.flatMap((owner) => {
    const { templates } = podTemplates(owner);
    const pods = templates.map((template, index) => podOf(owner, template, index));
    pods.forEach(({ uid }, index) => {
      const template = templates[index];
      if (template !== undefined) byUid.set(uid, { owner, template });
    });
    return [owner, ...pods];
  });
  if (byUid.size === 0) return { set, toOwners: (runs) => runs };
  return { set: { ...set, resources }, toOwners: (runs) => runs.map((run) => toOwners(run, byUid)) };
}

function podOf(owner: Resource, template: PodTemplate, index: number): Resource {
  const { apiVersion, kind, name, namespace, source, environments, origin, uid } = owner;
  const { annotations, spec } = template;
  const labels = labelsOf(owner, template);
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
  };
  const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  return {
    uid: `${uid}-pod-${String(index + 1).padStart(4, '0')}`,
    apiVersion: 'v1',
    kind: 'Pod',
    name,
    ...(namespace !== undefined && { namespace }),
    object,
    source,
    environments,
    origin: { locate: (field) => origin.locate(ownerPath(template, field).path) },
    standsFor: { uid, apiVersion, kind, name },
  };
}

/** With those of the owner: a policy that asks every resource for a label asks the owner, not its template. */
function labelsOf({ object }: Resource, { labels }: PodTemplate): JsonObject | undefined {
  const own = valueAt(object, ['metadata', 'labels']);
  if (!isObject(own)) return labels;
  return labels === undefined ? own : { ...own, ...labels };
}

function toOwners(run: EngineRun, standIn: ReadonlyMap<string, StandIn>): EngineRun {
  if (run.status !== 'completed') return run;
  return {
    ...run,
    findings: [...findingsOfOwners(run.findings, standIn), ...unreadable(run.engine, run.coverage, standIn)],
    coverage: coverageOfOwners(run.coverage, standIn),
  };
}

/** Some engines know the owner's containers, too (Trivy those of any `spec.containers`): what its pod has is reported once. */
function findingsOfOwners(findings: readonly EngineFinding[], standIn: ReadonlyMap<string, StandIn>): readonly EngineFinding[] {
  const isOfPod = ({ subject }: EngineFinding): boolean => subject.kind === 'resource' && standIn.has(subject.resource);
  const keyOf = ({ rule, check, category, subject }: EngineFinding): string => JSON.stringify([rule, check, category, subject]);
  const moved = findings.map((finding) => ({ finding: ofOwner(finding, standIn), ofPod: isOfPod(finding) }));
  const ofPods = new Set(moved.filter(({ ofPod }) => ofPod).map(({ finding }) => keyOf(finding)));
  return moved.filter(({ finding, ofPod }) => ofPod || !ofPods.has(keyOf(finding))).map(({ finding }) => finding);
}

function ofOwner(finding: EngineFinding, standIn: ReadonlyMap<string, StandIn>): EngineFinding {
  const { subject } = finding;
  const found = subject.kind === 'resource' ? standIn.get(subject.resource) : undefined;
  if (found === undefined || subject.kind !== 'resource') return finding;
  const { owner, template } = found;
  const { fix, ...rest } = finding;
  const moved = fix === undefined ? undefined : fixOfOwner(fix, template);
  return {
    ...rest,
    title: renamed(rest.title, owner),
    subject: { kind: 'resource', resource: owner.uid, path: ownerPath(template, subject.path).path },
    ...(moved !== undefined && { fix: moved }),
  };
}

/** Engines call the resource by what they were given: `Pod 'web'`, `Pod "web"`, `Pod web`, `Pod/web`, `Pod shop/web`. */
function renamed(title: string, { kind, name, namespace = '' }: Resource): string {
  if (!title.includes('Pod')) return title;
  const [space, called] = [namespace, name].map((text) => text.replaceAll(/\W/g, '\\$&'));
  const pattern = new RegExp(`\\bPod([ /]['"]?)((?:${space}/)?${called})(?![\\w.-])`, 'g');
  return title.replaceAll(pattern, (_all, between: string, found: string) => `${kind}${between}${found}`);
}

/** A patch is kept only where each of its fields is written in the owner as in a pod. */
function fixOfOwner({ patch, ...fix }: Fix, template: PodTemplate): Fix {
  if (patch === undefined) return fix;
  const moved = patch.map((operation): JsonPatchOperation | undefined => {
    const { path, exact } = ownerPath(template, parsePath(operation.path));
    return exact ? { ...operation, path: pointerOf(path) } : undefined;
  });
  const whole = moved.filter((operation) => operation !== undefined);
  return whole.length === patch.length ? { ...fix, patch: whole } : fix;
}

/**
 * An owner is evaluated where its pods are. A template that was taken for a pod only by its shape may not be one, so that an engine that can't read it
 * did not fail: what it did not read is a finding of its own.
 */
function coverageOfOwners(coverage: readonly Coverage[], standIn: ReadonlyMap<string, StandIn>): readonly Coverage[] {
  const ofPods = new Map<string, Coverage[]>();
  const others: Coverage[] = [];
  for (const entry of coverage) {
    const found = entry.target.kind === 'resource' ? standIn.get(entry.target.resource) : undefined;
    if (found === undefined) others.push(entry);
    else addTo(ofPods, found.owner.uid, softened(entry, found));
  }
  return others.map((entry) => {
    const pods = entry.target.kind === 'resource' ? (ofPods.get(entry.target.resource) ?? []) : [];
    const all = [entry, ...pods];
    const decisive = all.find(({ status }) => status === 'failed') ?? all.find(({ status }) => status === 'evaluated') ?? entry;
    return { ...decisive, target: entry.target };
  });
}

function softened(entry: Coverage, { owner, template }: StandIn): Coverage {
  if (entry.status !== 'failed') return entry;
  const { error, target } = entry;
  if (!template.known) return { target, status: 'not-applicable', reason: error.message };
  const { field } = error.details;
  if (field === undefined) return entry;
  const moved = { resource: owner.uid, path: ownerPath(template, field.path).path };
  return { target, status: 'failed', error: new GateError(error.code, { ...error.details, field: moved }) };
}

function unreadable(
  engine: string,
  coverage: readonly Coverage[],
  standIn: ReadonlyMap<string, StandIn>,
): readonly EngineFinding[] {
  return coverage.flatMap(({ target, ...entry }): readonly EngineFinding[] => {
    const found = target.kind === 'resource' ? standIn.get(target.resource) : undefined;
    if (found === undefined || found.template.known || entry.status !== 'failed') return [];
    const { owner, template } = found;
    return [
      {
        engine: 'gate',
        rule: gapRule,
        check: engine,
        category: 'policy',
        title: `${engine} could not read the containers of this ${owner.kind} as a pod's: ${entry.error.message.slice(0, 300)}`,
        severity: 'unknown',
        subject: { kind: 'resource', resource: owner.uid, path: template.path },
        fix: { text: 'Review it, and waive gate/not-evaluated for it if it runs no containers.' },
      },
    ];
  });
}
