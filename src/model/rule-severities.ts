import type { EngineRun } from './engine-run.ts';
import type { EngineFinding } from './finding.ts';
import { matchesGlob } from './glob.ts';
import { memoize } from './memoize.ts';
import { compareSeverity, type Severity } from './severity.ts';

/** A severity that the configuration gives to rules of an engine, in place of the engine's own. */
export interface RuleSeverity {
  readonly engine: string;
  /** Glob of the engine's rules. */
  readonly rule: string;
  readonly severity: Exclude<Severity, 'unknown'>;
}

/**
 * The runs with the severities of the configuration. Each finding keeps the severity that its engine reported. What an engine could not evaluate
 * keeps its severity: nobody knows whether the rule is broken there.
 */
export function withRuleSeverities(
  runs: readonly EngineRun[],
  rules: readonly RuleSeverity[] | undefined = [],
): readonly EngineRun[] {
  return runs.map((run) => {
    const own = rules.filter(({ engine }) => engine === run.engine);
    if (run.status !== 'completed' || own.length === 0) return run;
    const decide = decider(own);
    return { ...run, findings: run.findings.map((finding) => overridden(finding, decide(finding.rule))) };
  });
}

function overridden(finding: EngineFinding, severity: Severity | undefined): EngineFinding {
  if (severity === undefined || severity === finding.severity || finding.undecided === true) return finding;
  return { ...finding, severity, reported: finding.severity };
}

/** Vulnerabilities of many images are the same rules. */
function decider(rules: readonly RuleSeverity[]): (rule: string) => Severity | undefined {
  const sorted = rules.toSorted(bySpecificity);
  return memoize((rule) => sorted.find((entry) => matchesGlob(entry.rule, rule))?.severity);
}

/** A name before globs, a glob with more literal characters before others, and of equals the more severe: no order of keys matters. */
function bySpecificity(a: RuleSeverity, b: RuleSeverity): number {
  return literals(b.rule) - literals(a.rule) || compareSeverity(a.severity, b.severity);
}

function literals(rule: string): number {
  return isGlob(rule) ? rule.replace(/[*?]/g, '').length : Number.POSITIVE_INFINITY;
}

export function isGlob(rule: string): boolean {
  return /[*?]/.test(rule);
}
