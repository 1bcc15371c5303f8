import type { Cause, CauseRule, Correlation } from '../model/correlation.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';

/** The root cause of a finding; undefined if only one engine reports it or if in doubt. */
export type CauseOf = (finding: EngineFinding) => Cause | undefined;

interface Entries {
  /** Entries for a part of the rule. */
  readonly parts: { readonly cause: Cause; readonly rule: CauseRule }[];
  /** The first entry for the whole rule. */
  whole: Cause | undefined;
}
const none: Entries = { parts: [], whole: undefined };

export function causeFinder(correlation: Correlation): CauseOf {
  const byRule = new Map<string, Entries>();
  for (const cause of correlation) {
    for (const rule of cause.rules) {
      const name = `${rule.engine}/${rule.rule}`;
      const entries = byRule.get(name) ?? { parts: [], whole: undefined };
      byRule.set(name, entries);
      if (rule.field !== undefined || rule.says !== undefined) entries.parts.push({ cause, rule });
      else entries.whole ??= cause;
    }
  }
  const byControl = new Map(correlation.flatMap((cause) => cause.podSecurity.map((name) => [name, cause] as const)));
  return (finding) => {
    if (!mayCorrelate(finding)) return undefined;
    const entries =
      byRule.get(`${finding.engine}/${finding.rule}`) ?? byRule.get(`${finding.engine}/${policyOf(finding)}`) ?? none;
    return chosen(entries, finding) ?? byPodSecurity(finding, byControl);
  };
}

/**
 * A vulnerability or a secret has an identity of its own. Severity `unknown` means that an engine could not evaluate something, which
 * differs from another engine's finding.
 */
function mayCorrelate({ subject, category, severity }: EngineFinding): boolean {
  return subject.kind === 'resource' && !['vulnerability', 'secret'].includes(category) && severity !== 'unknown';
}

/** Kyverno names a rule `policy/rule`; `namespace/policy/rule` is a namespaced policy and therefore not a well-known one. */
function policyOf({ engine, rule }: EngineFinding): string {
  return engine === 'kyverno' ? rule.split('/').slice(0, -1).join('/') : rule;
}

/** A part of a rule takes precedence over the whole; two matching parts are ambiguous. */
function chosen({ parts, whole }: Entries, finding: EngineFinding): Cause | undefined {
  if (parts.length === 0) return whole;
  const fitting = new Set(parts.filter(({ rule }) => fits(rule, finding)).map(({ cause }) => cause));
  if (fitting.size > 1) return undefined;
  return [...fitting][0] ?? whole;
}

function fits({ field, says }: CauseRule, { subject, title }: EngineFinding): boolean {
  if (subject.kind !== 'resource') return false;
  return (field === undefined || endsWith(subject.path, field)) && (says === undefined || title.includes(says));
}

/** Ignores the index in a list of plain values: Kyverno reports `capabilities.add[0]`. */
function endsWith(path: FieldPath, end: FieldPath): boolean {
  const last = path.findLastIndex((step) => typeof step !== 'number');
  const steps = path.slice(0, last + 1);
  return end.every((step, index) => steps[steps.length - end.length + index] === step);
}

/**
 * Kyverno lists all failed controls in one message, each as `(Forbidden reason: hostPort, field error list: [… is forbidden, …])`. More than
 * one control means several fields. `host namespaces` covers three causes, distinguished by the listed field.
 */
function byPodSecurity(finding: EngineFinding, byControl: ReadonlyMap<string, Cause>): Cause | undefined {
  if (finding.engine !== 'kyverno' || finding.subject.kind !== 'resource') return undefined;
  const said = `${finding.title}\n${finding.detail ?? ''}`.split('Forbidden reason: ').slice(1);
  const [text, ...others] = said;
  if (text === undefined || others.length > 0) return undefined;
  const control = text.split(/, field error list|[,)]/)[0] ?? '';
  const isOneField = text.split(' is forbidden').length === 2;
  const field = String(finding.subject.path.at(-1) ?? '');
  return byControl.get(control) ?? (isOneField ? byControl.get(`${control} ${field}`) : undefined);
}
