import { formatPath } from '../model/field-path.ts';
import { nearest } from '../model/nearest.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Unknown rules in the options of engines, and configured namespaces to which nothing is deployed. */
export async function unusedEngineSettings(surroundings: Surroundings, isWhole: boolean): Promise<readonly Unused[]> {
  const { engines, loaded } = surroundings.inputs;
  const { failed = [] } = surroundings;
  const found: Unused[] = [];
  for (const engine of engines) {
    const named = engine.settings?.named ?? [];
    if (!engine.enabled || named.length === 0 || failed.includes(engine.id)) continue;
    const rules = await surroundings.rulesOf(engine);
    for (const { rule, path } of named) {
      if (rules === undefined || rules.includes(rule)) continue;
      // Reports include the engine: `cel/privileged`.
      const near = nearest(rule.replace(`${engine.id}/`, ''), rules);
      const where = `engines.${engine.id}.${path.slice(0, -1).join('.')}`;
      found.push({
        setting: `${where} ${rule}`,
        ...loaded.place(['engines', engine.id, ...path]),
        title: `\`${where}\` contains ${rule}, which is not a rule of ${engine.title}${near === undefined ? '' : `; perhaps ${near}`}`,
        effect: 'weaker',
        next: 'Correct the name, or remove it.',
      });
    }
  }
  return isWhole ? [...found, ...namespaces(surroundings), ...idleEntries(surroundings)] : found;
}

/** Entries that the engine itself finds to apply to nothing. */
function idleEntries({ inputs: { engines, loaded }, set }: Surroundings): readonly Unused[] {
  return engines.flatMap(({ id, enabled, settings }) =>
    !enabled
      ? []
      : (settings?.idle(set) ?? []).map(({ title, path, near }) => ({
          setting: `engines.${id}.${formatPath(path)}`,
          file: loaded.file,
          line: loaded.at(['engines', id, ...path], '').details.line ?? 1,
          title: `\`engines.${id}\`: ${title}${near === undefined ? '' : `; perhaps ${near}`}`,
          effect: near === undefined ? ('leftover' as const) : ('weaker' as const),
          next: 'Correct it, or remove it.',
        })),
  );
}

/** `engines.kyverno.namespaces` and that of Gatekeeper: labels for policies with a `namespaceSelector`. */
function namespaces({ inputs: { loaded }, set }: Surroundings): readonly Unused[] {
  const here = new Set(set.resources.flatMap((resource) => resource.namespace ?? 'default'));
  return ['kyverno', 'gatekeeper'].flatMap((engine) => {
    const part = loaded.config.engines?.[engine];
    const given =
      typeof part === 'object' && typeof part.namespaces === 'object' && part.namespaces !== null ? part.namespaces : {};
    return Object.keys(given).flatMap((name): readonly Unused[] => {
      if (here.has(name)) return [];
      const near = nearest(name, [...here]);
      const where = `engines.${engine}.namespaces`;
      return [
        {
          setting: `${where} ${name}`,
          ...loaded.place(['engines', engine, 'namespaces', name]),
          title: `\`${where}\` sets labels of ${name}, to which nothing is deployed${near === undefined ? '' : `; perhaps ${near}`}`,
          effect: near === undefined ? 'leftover' : 'weaker',
          next: 'Correct the name, or remove it.',
        },
      ];
    });
  });
}
