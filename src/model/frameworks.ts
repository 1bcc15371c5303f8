import data from './frameworks.json' with { type: 'json' };

/** Security frameworks that rules of the pack are mapped to. Numbers and names are those of the version that is named here. */
export const { frameworks } = data;
export type Framework = keyof typeof frameworks;

type Controls = { readonly [F in Framework]?: readonly string[] };

/** Rule of the pack -> its controls; `none` is a decision: the rule is about operation, or no control asks for it. */
export const mappedRules: Readonly<Record<string, Controls | 'none'>> = Object.fromEntries(
  Object.entries(data.rules).map(([rule, controls]) => [rule, controls ?? 'none']),
);

/** They need parameters that only the user knows. */
export const offByDefault: readonly string[] = data.offByDefault;

/** Causes of policies/correlation.yaml whose name is not that of a rule: what only another engine reports has the same controls. */
const rulesOfCauses: Readonly<Record<string, string>> = data.causes;

/** The rules of the pack that a finding is about, by its sources and its cause. */
export function mappedRulesOf(finding: {
  readonly sources: readonly { readonly engine: string; readonly rule: string }[];
  readonly cause?: string;
}): readonly string[] {
  const { sources, cause } = finding;
  const named = [
    ...sources.flatMap(({ engine, rule }) => (engine === 'cel' ? [rule] : [])),
    ...(cause === undefined ? [] : [rulesOfCauses[cause] ?? cause]),
  ];
  return [...new Set(named)].filter((rule) => Object.hasOwn(mappedRules, rule));
}
