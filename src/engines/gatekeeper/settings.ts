import type { ManifestSet } from '../../model/manifest-set.ts';
import { likelyTypo } from '../../model/nearest.ts';
import { ownKinds } from '../../model/own-kinds.ts';
import type { UnaskedPolicy } from '../../model/policy.ts';
import type { EngineSettings } from '../engine.ts';
import type { Constraint } from './constraints.ts';
import { reviewsOf } from './expansions.ts';
import { type GatekeeperPolicies, loadPolicies } from './load.ts';
import { kindMatches, matchesObject, matchesPlace } from './match.ts';
import type { GatekeeperOptions } from './options.ts';
import { placeOf, surroundingsOf } from './places.ts';
import type { Template } from './templates.ts';

export const gatekeeperSettings: EngineSettings<GatekeeperOptions> = {
  rules: async (policies) => loadPolicies(policies).constraints.map(({ label }) => label),
  unasked,
};

/** Constraints that match no resource, and templates without a Constraint, which evaluate nothing. */
function unasked(set: ManifestSet): readonly UnaskedPolicy[] {
  const policies = loadPolicies(set.policies);
  const { templates, constraints } = policies;
  const used = new Set(constraints.map(({ template }) => template));
  const asked = askedOf(policies, set);
  return [
    ...templates.filter((template) => !used.has(template)).map(unusedTemplate),
    ...constraints.filter((constraint) => !asked.has(constraint)).map((constraint) => describe(constraint, set)),
  ];
}

function askedOf({ constraints, expansions }: GatekeeperPolicies, { resources }: ManifestSet): ReadonlySet<Constraint> {
  const surroundings = surroundingsOf(resources, {});
  const asked = new Set<Constraint>();
  for (const resource of resources) {
    const reviews = reviewsOf(resource, expansions);
    const place = placeOf(resource, surroundings);
    for (const constraint of constraints) {
      if (asked.has(constraint) || matchesPlace(constraint.match, place) === 'no') continue;
      if (reviews.some(({ object, source }) => matchesObject(constraint.match, object, source))) asked.add(constraint);
    }
  }
  return asked;
}

function unusedTemplate({ kind, document: { name, file, line } }: Template): UnaskedPolicy {
  return { name: `ConstraintTemplate ${name}`, file, line, about: `nothing, because there is no Constraint of the kind ${kind}` };
}

function describe({ label, match, document: { file, line } }: Constraint, { resources }: ManifestSet): UnaskedPolicy {
  const kinds = match.kinds ?? [];
  const wanted = [...new Set(kinds.flatMap((one) => one.kinds ?? []))].filter((kind) => kind !== '*');
  const here = [...new Set([...ownKinds().map(({ kind }) => kind), ...resources.map(({ kind }) => kind)])];
  const isHere = resources.some(({ apiVersion, kind }) => kinds.some((one) => kindMatches(one, apiVersion, kind)));
  const suspect = isHere ? undefined : wanted.map((kind) => likelyTypo(kind, here)).find((found) => found !== undefined);
  const limits = Object.entries(match).flatMap(([key, value]) => (key === 'kinds' || value === undefined ? [] : [key]));
  const about = [
    wanted.length === 0 ? 'all kinds' : wanted.join(', '),
    ...(limits.length === 0 ? [] : [`limited by ${limits.join(', ')}`]),
  ];
  return { name: label, file, line, about: about.join(' '), ...(suspect !== undefined && { suspect }) };
}
