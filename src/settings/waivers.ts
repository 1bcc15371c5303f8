import { matchesGlob } from '../model/glob.ts';
import { nearest } from '../model/nearest.ts';
import type { Surroundings, Unused } from './unused.ts';

type Asked = Pick<Surroundings, 'inputs' | 'waivers' | 'rulesOf'>;

/** Waivers of unknown rules and environments. They waive nothing, although their author expects them to. */
export async function unusedWaivers({ inputs, waivers, rulesOf }: Asked): Promise<readonly Unused[]> {
  const known = inputs.config.environments.map(({ name }) => name);
  const found: Unused[] = (waivers.refused ?? []).map(({ rule, file, line, reason, in: place }) => ({
    setting: `${place ?? 'waiver'} ${rule} refused`,
    file,
    line,
    title:
      place === 'baseline'
        ? `the baseline entry for ${rule} accepts nothing: ${reason}`
        : `the waiver of ${rule} waives nothing: ${reason}`,
    effect: 'weaker',
    next:
      place === 'baseline'
        ? 'Remove the entry, and fix the finding.'
        : 'Change the waiver so that it meets the rule, or remove it.',
  }));
  for (const { rule, target, environments = [], source, file, line } of waivers.waivers) {
    if (source !== 'waivers') continue;
    const slash = rule.indexOf('/');
    const [id, name] = [rule.slice(0, slash), rule.slice(slash + 1)];
    const engine = inputs.engines.find((candidate) => candidate.id === id);
    const meant = engine?.settings?.misnamed?.(name);
    const rules = engine === undefined ? undefined : meant === undefined ? await rulesOf(engine) : [meant];
    const at = { file, line, effect: 'weaker' } as const;
    if (rules !== undefined && !rules.some((candidate) => matchesGlob(name, candidate))) {
      const near = meant ?? nearest(name, rules);
      found.push({
        ...at,
        setting: `waiver ${rule} ${target}`,
        title: `the waiver of ${rule} waives nothing: ${engine?.title ?? id} has no such rule${near === undefined ? '' : `; perhaps ${id}/${near}`}`,
        next: 'Write the rule as in reports, or remove the waiver.',
      });
    }
    for (const environment of environments.filter((candidate) => !known.includes(candidate))) {
      const near = nearest(environment, known);
      found.push({
        ...at,
        setting: `waiver ${rule} ${target} ${environment}`,
        title: `the waiver of ${rule} contains the environment ${environment}, which does not exist${near === undefined ? '' : `; perhaps ${near}`}`,
        next: 'Use an environment of the configuration, or remove it.',
      });
    }
  }
  return found;
}
