import type { Coverage, EngineRun } from '../model/engine-run.ts';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';
import { type Gap, gapRule, isGap } from '../model/gap.ts';
import { addTo } from '../model/group.ts';
import type { Image } from '../model/image.ts';
import { formatLocation } from '../model/location.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { memoizeByObject } from '../model/memoize.ts';
import { podTemplates } from '../model/pod-templates.ts';
import type { Resource } from '../model/resource.ts';
import { unseenEffect } from '../model/unseen-effects.ts';
import { isPointer, podSpecPath } from '../model/workloads.ts';
import { pointerFindings } from './pointers.ts';
import { unavailablePolicies } from './unavailable-policies.ts';
import { unseenPods } from './unseen-pods.ts';

const common = { engine: 'gate', rule: gapRule, category: 'policy', severity: 'unknown' } as const;
type Set = Pick<ManifestSet, 'resources' | 'images' | 'gaps' | 'units'>;

/**
 * Resources that run containers, or may, or that reach nodes, pods or permissions otherwise, and that no engine evaluated. A disabled engine is not a gap if another engine evaluated the
 * resource; a resource without an answer from any engine is an error (verdict/faults.ts).
 */
export function notEvaluated(set: ManifestSet, runs: readonly EngineRun[]): readonly EngineFinding[] {
  const answers = answersOf(runs);
  const judged = answersOf(runs.filter(({ engine }) => engine !== validator));
  const own = set.resources.filter((resource) => !isPointer(resource));
  const reported = reportedIn(runs);
  const unseen = own.filter(
    (resource) =>
      isUnseen(judged.get(resource.uid) ?? answers.get(resource.uid)) &&
      !reported.has(resource.uid) &&
      effectOf(resource, set) !== undefined,
  );
  return [
    ...grouped(set.gaps).map(ofGap),
    ...pointerFindings(set),
    ...unseen.map((resource) => ofResource(resource, set, judged.get(resource.uid) ?? answers.get(resource.uid) ?? [])),
    ...own.flatMap(patchesInText),
    ...own.flatMap(unseenPods),
    ...parameters(set, runs),
    ...unavailablePolicies(runs),
    ...(unseen.length > 0 ? [] : nothing(set, answers)),
  ];
}

/** Images whose reference cannot be resolved. They only get a note, since no engine was supposed to scan them. */
export function unresolvedNotes({ images, resources }: Set, runs: readonly EngineRun[]): readonly string[] {
  const answered = imagesAnswered(runs);
  return images.flatMap(({ reference, unresolved, uses: [use] }) => {
    if (unresolved === undefined || answered.has(reference) || (unresolved.atRunTime && answered.size > 0)) return [];
    const place = use && resources.find(({ uid }) => uid === use.resource)?.origin.locate(use.path);
    const at = place === undefined ? '' : ` at ${formatLocation(place)}`;
    return [`no image is known for ${JSON.stringify(reference.slice(0, 200))}${at}: it is ${unresolved.what}`];
  });
}

/** A valid object may still run anything: it only counts as evaluated if it is all that was asked for. */
const validator = 'schema';

function answersOf(runs: readonly EngineRun[]): ReadonlyMap<string, readonly Coverage[]> {
  const answers = new Map<string, Coverage[]>();
  for (const run of runs) {
    if (run.status !== 'completed') continue;
    for (const entry of run.coverage) {
      if (entry.target.kind === 'resource') addTo(answers, entry.target.resource, entry);
    }
  }
  return answers;
}

/** Resources with such a finding in an engine's run already (render/stand-ins.ts). */
function reportedIn(runs: readonly EngineRun[]): ReadonlySet<string> {
  const findings = runs.flatMap((run) => (run.status === 'completed' ? run.findings : []));
  return new Set(findings.flatMap((one) => (isGap(one) && one.subject.kind === 'resource' ? [one.subject.resource] : [])));
}

/** A failed evaluation is already an error. */
function isUnseen(entries: readonly Coverage[] = []): boolean {
  return entries.length > 0 && entries.every(({ status }) => status === 'not-applicable');
}

function effectOf(resource: Resource, { images }: Set): string | undefined {
  const runsContainers =
    podSpecPath(resource) !== undefined || podTemplates(resource).templates.length > 0 || usersOf(images).has(resource.uid);
  return runsContainers ? 'runs containers' : unseenEffect(resource);
}

/** Memoized: called for each resource. */
const usersOf = memoizeByObject(
  (images: readonly Image[]): ReadonlySet<string> => new Set(images.flatMap(({ uses }) => uses.map(({ resource }) => resource))),
);

/** One gap per cause and location: all releases of a chart lack the same dependency, and all overlays of a base lack its missing file. */
function grouped(gaps: readonly Gap[]): readonly Gap[] {
  const groups = new Map<string, { readonly first: Gap; readonly subjects: string[] }>();
  for (const gap of gaps) {
    const { file, line, reason, next, unit, subject } = gap;
    const cause = JSON.stringify(unit === undefined ? [subject, file, line, reason] : [file, line, reason, next]);
    const group = groups.get(cause);
    if (group === undefined) groups.set(cause, { first: gap, subjects: [subject] });
    else if (!group.subjects.includes(subject)) group.subjects.push(subject);
  }
  return [...groups.values()].map(({ first, subjects }) => ({ ...first, subject: listed(subjects) }));
}

/** `chart shop (also with values-staging.yaml; with values-production.yaml)`. */
function listed([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  const most = 10;
  const named = others.slice(0, most).map((other) => (other.startsWith(`${first} `) ? other.slice(first.length + 1) : other));
  const more = others.length > most ? `; and ${others.length - most} more` : '';
  return `${first} (also ${named.join('; ')}${more})`;
}

function ofGap({ file, line = 1, subject, reason, next }: Gap): EngineFinding {
  return {
    ...common,
    check: subject,
    title: `${subject} was not evaluated: ${reason}`,
    subject: { kind: 'file', location: { file, line, precision: 'field' } },
    fix: { text: next },
  };
}

function ofResource(resource: Resource, set: Set, entries: readonly Coverage[]): EngineFinding {
  const reasons = entries.flatMap((entry) => (entry.status === 'not-applicable' ? [entry.reason] : []));
  return {
    ...common,
    title: `no engine evaluated this ${resource.kind}, which ${effectOf(resource, set)}: ${[...new Set(reasons)].join('; ')}`,
    subject: { kind: 'resource', resource: resource.uid, path: [] },
    fix: {
      text: 'Add a policy about its kind, or enable an engine that evaluates it; otherwise review it and waive gate/not-evaluated for it.',
    },
  };
}

/** Fields that patch a pod with text: https://argo-workflows.readthedocs.io/en/latest/fields/#workflowspec */
const textPatches: readonly FieldPath[] = [
  ['spec', 'podSpecPatch'],
  ['spec', 'workflowSpec', 'podSpecPatch'],
];

function patchesInText({ uid, kind, object, apiVersion }: Resource): readonly EngineFinding[] {
  if (!apiVersion.startsWith('argoproj.io/')) return [];
  const templates = [['spec'], ['spec', 'workflowSpec']].flatMap((at) => {
    const list = valueAt(object, [...at, 'templates']);
    return Array.isArray(list) ? list.map((_, index) => [...at, 'templates', index, 'podSpecPatch']) : [];
  });
  return [...textPatches, ...templates]
    .filter((path) => typeof valueAt(object, path) === 'string')
    .map((path) => ({
      ...common,
      check: 'podSpecPatch',
      title: `podSpecPatch changes the pods of this ${kind}, and no engine evaluated the patched pods`,
      subject: { kind: 'resource', resource: uid, path },
      fix: { text: 'Set the fields in the template itself, or waive gate/not-evaluated for it.' },
    }));
}

/** For images that are only known at run time, if images are scanned. */
function parameters({ images }: Set, runs: readonly EngineRun[]): readonly EngineFinding[] {
  if (imagesAnswered(runs).size === 0) return [];
  return images.flatMap(({ reference, unresolved, uses }) =>
    unresolved?.atRunTime !== true
      ? []
      : uses.map(
          ({ resource, path }): EngineFinding => ({
            ...common,
            check: 'image',
            title: `the image ${JSON.stringify(reference.slice(0, 200))} is only known at run time, so no engine scanned it`,
            subject: { kind: 'resource', resource, path },
            fix: { text: 'Set the image explicitly, or waive gate/not-evaluated for it.' },
          }),
        ),
  );
}

function imagesAnswered(runs: readonly EngineRun[]): ReadonlySet<string> {
  const coverage = runs.flatMap((run) => (run.status === 'completed' ? run.coverage : []));
  return new Set(coverage.flatMap(({ target }) => (target.kind === 'image' ? [target.reference] : [])));
}

/** If no engine has a check for any resource, reporting "no findings" would be misleading. */
function nothing({ resources }: Set, answers: ReadonlyMap<string, readonly Coverage[]>): readonly EngineFinding[] {
  const [first] = resources;
  if (first === undefined || resources.some(isPointer)) return [];
  if (!resources.every(({ uid }) => isUnseen(answers.get(uid)))) return [];
  const kinds = [...new Set(resources.map(({ kind }) => kind))];
  const named = `${kinds.slice(0, 5).join(', ')}${kinds.length > 5 ? ` and ${kinds.length - 5} more kinds` : ''}`;
  return [
    {
      ...common,
      check: 'set',
      title: `nothing was evaluated: no enabled engine has a check for ${named}`,
      subject: { kind: 'resource', resource: first.uid, path: [] },
      fix: { text: 'Enable an engine or add a policy for these kinds, or waive gate/not-evaluated for them.' },
    },
  ];
}

/** The findings and notes as an engine run, so that policy, waivers and comparison apply to them; empty if there is nothing to report. */
export function gateRun(set: ManifestSet, runs: readonly EngineRun[], version: string): readonly EngineRun[] {
  const findings = notEvaluated(set, runs);
  const notes = [...(set.notes ?? []), ...unresolvedNotes(set, runs)];
  if (findings.length === 0 && notes.length === 0) return [];
  return [{ status: 'completed', engine: 'gate', version, findings, coverage: [], notes, durationMs: 0 }];
}

/** Merges the gate's own runs into one, since reports have one row per engine. */
export function joinGateRuns(runs: readonly EngineRun[]): readonly EngineRun[] {
  const own = runs.filter((run) => run.status === 'completed' && run.engine === 'gate');
  const [first] = own;
  if (first?.status !== 'completed' || own.length === 1) return runs;
  const all = own.flatMap((run) => (run.status === 'completed' ? [run] : []));
  const joined = { ...first, findings: all.flatMap(({ findings }) => findings), notes: all.flatMap(({ notes }) => notes) };
  return [...runs.filter((run) => !own.includes(run)), joined];
}
