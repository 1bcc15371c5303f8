import { engines } from '../engines/registry.ts';
import { nearest } from '../model/nearest.ts';
import type { RuleSeverity } from '../model/rule-severities.ts';
import type { LoadedConfig } from './config-file.ts';

/** `rules` of the configuration. Throws CONFIG_INVALID for an engine that does not exist, and for findings of the gate itself. */
export function ruleSeverities(loaded: LoadedConfig): readonly RuleSeverity[] {
  const ids = engines.map(({ id }) => id);
  return Object.entries(loaded.config.rules ?? {}).map(([name, severity]) => {
    const slash = name.indexOf('/');
    const [engine, rule] = [name.slice(0, slash), name.slice(slash + 1)];
    if (ids.includes(engine)) return { engine, rule, severity };
    // They report what was not evaluated and what would weaken the gate.
    if (engine === 'gate')
      throw loaded.at(
        ['rules', name],
        `\`${name}\` is a finding of the gate itself, whose severity is fixed`,
        'a rule of an engine; `severity` sets the action for each severity, and a waiver accepts a single finding',
      );
    const near = nearest(engine, ids);
    throw loaded.at(
      ['rules', name],
      `\`${name}\`: there is no engine \`${engine}\``,
      near === undefined ? `one of ${ids.join(', ')}, then a slash and the rule` : `\`${near}/${rule}\``,
    );
  });
}
