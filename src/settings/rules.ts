import type { BoundEngine } from '../engines/engine.ts';
import { matchesGlob } from '../model/glob.ts';
import { nearest } from '../model/nearest.ts';
import type { RuleSeverity } from '../model/rule-severities.ts';
import type { Surroundings, Unused } from './unused.ts';

/** Severities for rules that their engine does not have: they change nothing, although their author expects it. */
export async function unusedRules({ inputs, rulesOf }: Pick<Surroundings, 'inputs' | 'rulesOf'>): Promise<readonly Unused[]> {
  const { engines, loaded, config } = inputs;
  const found: Unused[] = [];
  for (const entry of config.rules ?? []) {
    const engine = engines.find(({ id }) => id === entry.engine);
    if (engine?.enabled !== true) continue;
    const problem = await problemOf(entry, engine, rulesOf);
    if (problem === undefined) continue;
    const name = `${entry.engine}/${entry.rule}`;
    found.push({
      setting: `rules ${name}`,
      file: loaded.file,
      line: loaded.at(['rules', name], '').details.line ?? 1,
      title: `\`rules\` contains ${name}, which ${problem}`,
      effect: 'weaker',
      next: 'Write the rule as in reports, or remove it.',
    });
  }
  return found;
}

async function problemOf(
  { rule }: RuleSeverity,
  engine: BoundEngine,
  rulesOf: Surroundings['rulesOf'],
): Promise<string | undefined> {
  const meant = engine.settings?.misnamed?.(rule);
  if (meant !== undefined) return `${engine.title} reports as ${engine.id}/${meant}`;
  const rules = await rulesOf(engine);
  if (rules === undefined || rules.some((candidate) => matchesGlob(rule, candidate))) return undefined;
  const near = nearest(rule.replace(`${engine.id}/`, ''), rules);
  return `is not a rule of ${engine.title}${near === undefined ? '' : `; perhaps ${engine.id}/${near}`}`;
}
