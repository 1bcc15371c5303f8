import { requireCanary } from './canary.ts';
import type { ApiResource } from './kinds.ts';
import { loadPack, type PolicyText } from './load.ts';
import { mayMatch } from './match.ts';
import type { CelOptions } from './options.ts';
import { choose, parsePack } from './pack.ts';
import { requirePackCanary } from './pack-canary.ts';
import type { CelPolicy } from './policy.ts';

/** Everything that decides how an object is judged. Plain data, which a worker thread gets too. */
export interface RuleSource {
  /** Texts of the shipped pack; empty if it is off. */
  readonly pack: readonly PolicyText[];
  readonly own: readonly PolicyText[];
  readonly options: CelOptions;
}

export interface Rules {
  /** The enabled policies with their parameters: the pack's, then the user's own. Results refer to them by index. */
  readonly policies: readonly CelPolicy[];
  readonly own: readonly CelPolicy[];
  readonly notes: readonly string[];
  /** Indexes of the policies that may match objects of a kind. */
  indexesFor(resource: ApiResource): readonly number[];
}

/** Compiles the policies, after checking that this evaluator finds its canaries. Throws GateError. */
export function loadRules({ pack, own, options }: RuleSource): Rules {
  requireCanary();
  const shipped = choose(options.pack ? parsePack(pack) : [], options);
  requirePackCanary(shipped.policies);
  const users = loadPack(own);
  const policies = [...shipped.policies, ...users];
  const known = new Map<string, readonly number[]>();
  return {
    policies,
    own: users,
    notes: shipped.notes,
    indexesFor(resource) {
      const key = `${resource.group}/${resource.version} ${resource.kind}`;
      const found =
        known.get(key) ?? policies.flatMap(({ spec }, index) => (mayMatch(spec.matchConstraints, resource) ? [index] : []));
      known.set(key, found);
      return found;
    },
  };
}
