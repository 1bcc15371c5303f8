import type { UnaskedPolicy } from '../model/policy.ts';
import type { Surroundings, Unused } from './unused.ts';

/** User policies that match no resource. Shipped policies are for every repository. */
export function unaskedPolicies({ inputs: { engines }, set }: Surroundings): readonly Unused[] {
  return engines.flatMap(({ enabled, settings }): readonly Unused[] => {
    if (!enabled || settings?.unasked === undefined) return [];
    try {
      return settings.unasked(set).map(describe);
    } catch {
      return []; // Broken policies fail the engine that runs them.
    }
  });
}

function describe({ name, file, line, about, suspect }: UnaskedPolicy): Unused {
  return {
    setting: `policy ${name}`,
    file,
    line,
    title: `the policy ${name} matches no resource: it applies to ${about}${suspect === undefined ? '' : ` (${suspect})`}`,
    effect: suspect === undefined ? 'leftover' : 'weaker',
    next: 'Correct what it matches, or remove the policy if this repository has no such resources.',
  };
}
