import type { UnaskedPolicy } from '../model/policy.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Users' policies that are about no resource. The shipped ones are for every repository. */
export function unaskedPolicies({ inputs: { engines }, set }: Surroundings): readonly Unused[] {
  return engines.flatMap(({ enabled, settings }): readonly Unused[] => {
    if (!enabled || settings?.unasked === undefined) return [];
    try {
      return settings.unasked(set).map(describe);
    } catch {
      return []; // Policies that are broken fail the engine that runs them.
    }
  });
}

function describe({ name, file, line, about, suspect }: UnaskedPolicy): Unused {
  return {
    setting: `policy ${name}`,
    file,
    line,
    title: `the policy ${name} matches no resource: it is about ${about}${suspect === undefined ? '' : ` (${suspect})`}`,
    effect: suspect === undefined ? 'leftover' : 'weaker',
    next: 'Correct what it matches, or remove the policy if this repository has nothing that it is about.',
  };
}
