/** Most severe first; `unknown` means that the engine reported no severity, and has its own action in every policy. */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

export const actions = ['block', 'warn', 'allow'] as const;
export type Action = (typeof actions)[number];

export const defaultSeverityPolicy: Readonly<Record<Severity, Action>> = {
  critical: 'block',
  high: 'warn',
  medium: 'allow',
  low: 'allow',
  unknown: 'warn',
};

/** The severity names of supported engines and formats, in lower case. Anything else is `unknown`, never a guess. */
const synonyms: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  info: 'low', // Kyverno and PolicyReport: "info"
  negligible: 'low', // Debian and Ubuntu security trackers
  unknown: 'unknown',
};

export function parseSeverity(text: string | undefined | null): Severity {
  return synonyms[(text ?? '').trim().toLowerCase()] ?? 'unknown';
}

/** `2 high`, `1 low`: those that there are, most severe first. */
export function severityCounts(entries: readonly { readonly severity: Severity }[]): readonly string[] {
  return severities.flatMap((severity) => {
    const count = entries.filter((entry) => entry.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
}

/** Negative if a is more severe than b: sorts worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

/** Negative if a is stricter than b: sorts strictest first. */
export function compareAction(a: Action, b: Action): number {
  return actions.indexOf(a) - actions.indexOf(b);
}
