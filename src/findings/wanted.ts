import type { EngineRun } from '../model/engine-run.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';
import type { GateError } from '../model/gate-error.ts';
import type { ImageUse } from '../model/image.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { createLocator } from './locate.ts';

/** What was judged, and what engines reported. */
interface Judged {
  readonly set: ManifestSet;
  readonly runs: readonly EngineRun[];
}

/** Fields by the uid of their resource. */
export type WantedFields = ReadonlyMap<string, readonly FieldPath[]>;

/** The fields whose lines are reported: those with findings, and those that something failed for. */
export function wantedFields({ set, runs }: Judged): WantedFields {
  const usesOf = new Map(set.images.map(({ reference, uses }) => [reference, uses]));
  const unresolved = set.images.flatMap((image) => (image.unresolved === undefined ? [] : image.uses));
  const errors = [...set.failures, ...runs.flatMap(failuresOf)];
  return byResource([
    ...findingsOf(runs).flatMap((finding) => fieldsOf(finding, usesOf)),
    ...unresolved,
    ...errors.flatMap(({ details }) => details.field ?? []),
  ]);
}

/**
 * Of the base, where places are only compared: the fields of findings that the head does not have, since they are reported as fixed, and those of
 * resources with a finding that another resource has in the same words, since the two are one finding if they have one place.
 */
export function wantedOfBase(base: Judged, head: Judged): WantedFields {
  const identify = identifier(base.set);
  const known = new Set(findingsOf(head.runs).map(identifier(head.set)));
  const resources = new Map<string, Set<string>>();
  for (const finding of findingsOf(base.runs)) {
    if (finding.subject.kind !== 'resource') continue;
    const key = wordsOf(finding);
    resources.set(key, (resources.get(key) ?? new Set()).add(finding.subject.resource));
  }
  const alike = new Set([...resources.values()].flatMap((uids) => (uids.size > 1 ? [...uids] : [])));
  const usesOf = new Map(base.set.images.map(({ reference, uses }) => [reference, uses]));
  const compared = findingsOf(base.runs).filter(
    (finding) => (finding.subject.kind === 'resource' && alike.has(finding.subject.resource)) || !known.has(identify(finding)),
  );
  return byResource(compared.flatMap((finding) => fieldsOf(finding, usesOf)));
}

function findingsOf(runs: readonly EngineRun[]): readonly EngineFinding[] {
  return runs.flatMap((run) => (run.status === 'completed' ? run.findings : []));
}

function failuresOf(run: EngineRun): readonly GateError[] {
  if (run.status !== 'completed') return [];
  return run.coverage.flatMap((entry) => (entry.status === 'failed' ? [entry.error] : []));
}

type Field = Pick<ImageUse, 'resource' | 'path'>;

function fieldsOf({ subject }: EngineFinding, usesOf: ReadonlyMap<string, readonly ImageUse[]>): readonly Field[] {
  if (subject.kind === 'resource') return [subject];
  return subject.kind === 'image' ? (usesOf.get(subject.reference) ?? []) : [];
}

function byResource(fields: readonly Field[]): WantedFields {
  const wanted = new Map<string, Map<string, FieldPath>>();
  for (const { resource, path } of fields) {
    const paths = wanted.get(resource) ?? new Map<string, FieldPath>();
    wanted.set(resource, paths.set(JSON.stringify(path), path));
  }
  return new Map([...wanted].map(([resource, paths]) => [resource, [...paths.values()]]));
}

function wordsOf({ engine, rule, check = '', title }: EngineFinding): string {
  return JSON.stringify([engine, rule, check, title]);
}

/** The same in the head and the base. */
function identifier(set: ManifestSet): (finding: EngineFinding) => string {
  const locator = createLocator(set);
  return (finding) =>
    JSON.stringify([finding.engine, finding.rule, finding.check ?? '', locator.locate(finding.subject).subjectKey]);
}
