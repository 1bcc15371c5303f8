import { requireCanary } from './canary.ts';
import type { ApiResource } from './kinds.ts';
import { loadMutations, loadOnce, type PolicyText } from './load.ts';
import { mayMatch } from './match.ts';
import type { MutatingPolicy } from './mutations/policy.ts';
import type { CelOptions } from './options.ts';
import { choose, parsePack } from './pack.ts';
import { requirePackCanary } from './pack-canary.ts';
import type { CelPolicy } from './policy.ts';

/** Everything that decides how an object is judged. */
export interface RuleSource {
  /** Texts of the shipped pack; empty if it is off. */
  readonly pack: readonly PolicyText[];
  readonly own: readonly PolicyText[];
  readonly options: CelOptions;
}

export interface Rules {
  /** The enabled policies with their parameters: the pack's, then the user's own. */
  readonly policies: readonly CelPolicy[];
  readonly own: readonly CelPolicy[];
  /** The user's policies that change objects, by name. */
  readonly mutations: readonly MutatingPolicy[];
  readonly notes: readonly string[];
  /** Whether the user's own policies about pods are evaluated for pod templates as well. */
  readonly autogen: boolean;
  /** The policies that may match objects of a kind. */
  policiesFor(resource: ApiResource): readonly CelPolicy[];
}

/** Compiles the policies, after checking that this evaluator finds its canaries. Throws GateError. */
export function loadRules({ pack, own: texts, options }: RuleSource): Rules {
  requireCanary();
  const shipped = choose(options.pack ? parsePack(pack) : [], options);
  requirePackCanary(shipped.policies);
  const own = loadOnce(texts);
  const policies = [...shipped.policies, ...own];
  const known = new Map<string, readonly CelPolicy[]>();
  return {
    policies,
    own,
    mutations: loadMutations(texts),
    notes: shipped.notes,
    autogen: options.autogen,
    policiesFor(resource) {
      const key = `${resource.group}/${resource.version} ${resource.kind}`;
      const found = known.get(key) ?? policies.filter(({ spec }) => mayMatch(spec.matchConstraints, resource));
      known.set(key, found);
      return found;
    },
  };
}
