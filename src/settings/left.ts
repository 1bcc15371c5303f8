import type { Environment, GateConfig } from '../model/config.ts';
import type { EngineFinding } from '../model/finding.ts';
import { groupBy } from '../model/group.ts';
import { groupOf, type Resource, resourceLabel } from '../model/resource.ts';
import { severities } from '../model/severity.ts';
import { isLooser } from '../model/severity-condition.ts';

type Policy = Pick<GateConfig, 'severity' | 'environments'>;

/**
 * Resources that the change takes out of an environment although they are still deployed: a moved folder, a lost label, a renamed values
 * file. The environment's policy no longer applies to them, so the change would be judged more laxly than the base. An identity that was both
 * inside and outside the environment and is now only outside was removed from it, which is fine.
 */
export function leftEnvironments(
  before: readonly Resource[],
  after: readonly Resource[],
  { severity, environments }: Policy,
): readonly EngineFinding[] {
  const [was, now] = [byIdentity(before), byIdentity(after)];
  return environments.flatMap((environment) =>
    [...was].flatMap(([identity, old]) => {
      const [inside, outside] = parted(old, environment);
      const [stillInside, nowOutside] = parted(now.get(identity) ?? [], environment);
      const moved = Math.min(inside.length - stillInside.length, nowOutside.length - outside.length);
      if (moved <= 0) return [];
      const known = new Set(outside.map(({ source }) => source.unit));
      const fresh = nowOutside.toSorted((a, b) => Number(known.has(a.source.unit)) - Number(known.has(b.source.unit)));
      return fresh
        .slice(0, moved)
        .filter((resource) => isLaxer(resource, environment, { severity, environments }))
        .map((resource) => toFinding(resource, environment));
    }),
  );
}

function byIdentity(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  return groupBy(resources, ({ apiVersion, kind, namespace = '', name }) =>
    JSON.stringify([groupOf(apiVersion), kind, namespace, name]),
  );
}

function parted(resources: readonly Resource[], { name }: Environment): readonly [readonly Resource[], readonly Resource[]] {
  const isInside = ({ environments }: Resource) => environments.includes(name);
  return [resources.filter(isInside), resources.filter((resource) => !isInside(resource))];
}

/** Whether the policies that now apply allow anything that the environment does not. */
function isLaxer({ environments: own }: Resource, environment: Environment, { severity, environments }: Policy): boolean {
  const others = environments.filter(({ name }) => own.includes(name)).map((other) => other.severity);
  return severities.some((key) => [severity, ...others].every((policy) => isLooser(policy[key], environment.severity[key])));
}

function toFinding(resource: Resource, { name }: Environment): EngineFinding {
  return {
    engine: 'gate',
    rule: 'environment-left',
    check: name,
    category: 'policy',
    title: `${resourceLabel(resource)} leaves the environment ${name}, whose policy applied to it on the base`,
    detail: `On the base commit it belongs to ${name}; with this change it is still deployed but no longer belongs to it, so a laxer policy applies.`,
    severity: 'critical',
    subject: { kind: 'resource', resource: resource.uid, path: [] },
    fix: {
      text: `Keep it in ${name}, or first add its new location to paths, namespaces or labels of ${name} in the configuration of the base.`,
    },
  };
}
