/** Most severe first; `unknown` is what an engine did not say, and has a place of its own in every policy. */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

export const actions = ['block', 'warn', 'allow'] as const;
export type Action = (typeof actions)[number];

/** Total by type: a new severity doesn't compile until every policy answers for it. */
export type SeverityPolicy = Readonly<Record<Severity, Action>>;

export const defaultSeverityPolicy: SeverityPolicy = {
  critical: 'block',
  high: 'warn',
  medium: 'allow',
  low: 'allow',
  unknown: 'warn',
};

/** The vocabularies of the engines and formats we read, lower case. Anything else is `unknown`, never a guess. */
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

/** Negative where a is more severe than b; for sorting, worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

/** Negative where a is stricter than b; for sorting, strictest first. */
export function compareAction(a: Action, b: Action): number {
  return actions.indexOf(a) - actions.indexOf(b);
}
