import path from 'node:path';
import { objectAt } from '../../model/field-path.ts';
import type { EngineFinding } from '../../model/finding.ts';
import { GateError } from '../../model/gate-error.ts';
import { addTo } from '../../model/group.ts';
import { type JsonObject, stringifyJson } from '../../model/json.ts';
import { groupOf, type Resource } from '../../model/resource.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { type Canary, plantCanary } from './canary.ts';
import type { Constraint } from './constraints.ts';
import { isGatekeepersGroup } from './documents.ts';
import { excludedBy } from './exclusions.ts';
import { reviewsOf } from './expansions.ts';
import { indeterminate, refusal, type Severities } from './findings.ts';
import type { GatekeeperPolicies } from './load.ts';
import { type Matched, matchesObject, matchesPlace, type Place } from './match.ts';
import { readViolations, type Violation } from './output.ts';
import { admitted, placeOf } from './places.ts';
import { excerpt, type GatekeeperContext, test } from './process.ts';
import { refused } from './refused.ts';
import type { View } from './views.ts';

/** The result for one resource. */
export interface Judgement {
  readonly resource: Resource;
  readonly findings: readonly EngineFinding[];
  /** Why no Constraint applies to it; undefined if one does. */
  readonly unmatched?: string;
}

/** gator would take such an object among the resources for a policy in force, or for one that replaces it. */
export function configuresGatekeeper({ apiVersion }: Pick<Resource, 'apiVersion'>): boolean {
  return isGatekeepersGroup(groupOf(apiVersion));
}

/** Evaluates one view with all Constraints. Throws if gator did not load everything, or missed the planted object. */
export async function judgeView(
  context: GatekeeperContext,
  view: View,
  policies: GatekeeperPolicies,
  severities: Severities,
  name: string,
): Promise<readonly Judgement[]> {
  const canary = plantCanary(policies.templates.some(({ language }) => language === 'cel'));
  const given = view.resources.filter((resource) => !configuresGatekeeper(resource));
  const places = new Map(view.resources.map((resource) => [resource.uid, placeOf(resource, view.surroundings)]));
  const objects = given.map((resource) => ({ ...resource, object: admitted(resource, places.get(resource.uid) ?? nowhere) }));
  const planted = policyObjects(policies, canary);
  await writeObjects(context, `${name}-policies`, planted);
  await context.canonical.write(path.join(context.workdir, `${name}-resources`), objects);
  await writeObjects(context, `${name}-canary`, [canary.object]);
  const folders = [`${name}-policies`, ...(objects.length > 0 ? [`${name}-resources`] : []), `${name}-canary`];
  const violations = violationsIn(await test(context, folders), policies);
  const loaded = countKeys([...planted, ...objects.map(({ object }) => object), canary.object]);
  const byResource = assign(violations, { canary, loaded, policies, resources: given });
  return view.resources
    .filter(({ uid }) => view.judged.has(uid))
    .map((resource) =>
      judge(resource, places.get(resource.uid) ?? nowhere, byResource.get(resource.uid) ?? [], policies, severities),
    );
}

const nowhere: Place = { namespace: undefined, isNamespace: false };
const policyUid = 'k8s-gate-policy';

function policyObjects({ templates, constraints, expansions }: GatekeeperPolicies, canary: Canary): readonly JsonObject[] {
  const compiled = templates.filter(({ needs }) => !needs.uncompiled);
  const objects = [
    ...canary.templates,
    ...canary.constraints,
    ...compiled.map(({ copy }) => copy),
    ...constraints.filter(({ template }) => compiled.includes(template)).map(({ copy }) => copy),
    ...expansions.map(({ document }) => document.object),
  ];
  return objects.map((object) => ({ ...object, metadata: { ...objectAt(object, 'metadata'), uid: policyUid } }));
}

async function writeObjects(context: GatekeeperContext, folder: string, objects: readonly JsonObject[]): Promise<void> {
  for (const [index, object] of objects.entries()) {
    const file = path.join(context.workdir, folder, `${String(index).padStart(5, '0')}.json`);
    await context.ports.files.write(file, stringifyJson(object));
  }
}

/** gator keeps one object for each key, as the cluster does. */
function countKeys(objects: readonly JsonObject[]): number {
  const keys = objects.map((object) => {
    const { namespace = '', name = '' } = objectAt(object, 'metadata');
    return JSON.stringify([namespace, object.apiVersion, object.kind, name]);
  });
  return new Set(keys).size;
}

/** Exit code 1 means that the planted object was rejected, or an error, which has no output. */
function violationsIn(result: ProcessResult, policies: GatekeeperPolicies): readonly Violation[] {
  if (result.exitCode === 1 && result.stdout.trim() === '') throw refused(result, policies);
  if (result.exitCode !== 0 && result.exitCode !== 1) {
    throw new GateError('ENGINE_FAILED', {
      message: `gator ended with exit code ${result.exitCode ?? 'none'}: ${excerpt(result)}`,
      expected: 'exit code 1 (the planted object is rejected) and a list of violations',
    });
  }
  const violations = readViolations(result);
  if (result.exitCode === 0) throw uncovered('exit code 0, which means that the planted object was not rejected');
  return violations;
}

interface Given {
  readonly canary: Canary;
  readonly loaded: number;
  readonly policies: GatekeeperPolicies;
  readonly resources: readonly Resource[];
}

interface Assigned {
  readonly constraint: Constraint;
  readonly violation: Violation;
}

/** Resource.uid -> violations. A violation that cannot be assigned would be a lost rejection. */
function assign(violations: readonly Violation[], given: Given): ReadonlyMap<string, readonly Assigned[]> {
  const { canary, loaded, policies, resources } = given;
  const expected = canary.expected(loaded);
  const uids = new Set(resources.map(({ uid }) => uid));
  const byId = new Map(policies.constraints.map((constraint) => [constraint.id, constraint]));
  const planted = new Map<string, string>();
  const found = new Map<string, Assigned[]>();
  for (const violation of violations) {
    const id = violation.constraint.metadata.name;
    const { uid = '' } = violation.violatingObject.metadata;
    const constraint = byId.get(id);
    if (expected.has(id)) {
      if (uid !== canary.name || planted.has(id)) throw uncovered('a planted Constraint rejected something else');
      planted.set(id, violation.msg);
    } else if (constraint === undefined)
      throw uncovered(`it reports on the unknown Constraint ${JSON.stringify(id.slice(0, 100))}`);
    else if (uids.has(uid)) addTo(found, uid, { constraint, violation });
    else if (uid !== policyUid && uid !== canary.name)
      throw uncovered(
        `it reports on the unknown object ${JSON.stringify(violation.violatingObject.metadata.name.slice(0, 200))}`,
      );
  }
  for (const [id, message] of expected) {
    const said = planted.get(id);
    if (said === undefined) throw uncovered('the planted object was not rejected');
    if (said !== message) throw uncovered(`\`${said.slice(0, 100)}\` instead of \`${message}\``);
  }
  return found;
}

function uncovered(what: string): GateError {
  return new GateError('ENGINE_COVERAGE', {
    message: `the result of gator is incomplete: ${what}`,
    expected: 'every object to be loaded, and exactly the planted one to be rejected by the planted Constraints',
    next: 'Report this as a bug with the debug log: nothing may pass without being evaluated.',
  });
}

function judge(
  resource: Resource,
  place: Place,
  violations: readonly Assigned[],
  policies: GatekeeperPolicies,
  severities: Severities,
): Judgement {
  const exclusion = excludedBy(place, policies.exclusions);
  if (exclusion !== undefined)
    return { resource, findings: [], unmatched: `Gatekeeper's Config excludes its namespace (${exclusion.config})` };
  const { expansions } = policies;
  const reviews = reviewsOf(resource, expansions);
  const applied = policies.constraints.filter(({ template }) => !template.neverOnCreate);
  const matching = applied.flatMap((constraint) => {
    const own = violations.filter((one) => one.constraint === constraint);
    const isSeen = own.length > 0 || reviews.some(({ object, source }) => matchesObject(constraint.match, object, source));
    const matched: Matched = isSeen ? matchesPlace(constraint.match, place) : 'no';
    return matched === 'no' ? [] : [{ constraint, matched, own }];
  });
  const findings = matching.flatMap(({ constraint, matched, own }) => {
    const need = configuresGatekeeper(resource) ? 'gator would use it as a policy' : constraint.template.needs.cluster;
    if (need !== undefined) return [indeterminate(constraint, need, resource)];
    const unsure = matched === 'yes' ? {} : { unsure: matched.unknown };
    return own.map(({ violation }) => refusal(constraint, violation, resource, { severities, expansions, ...unsure }));
  });
  return { resource, findings, ...(matching.length === 0 && { unmatched: 'no Constraint matches it' }) };
}
