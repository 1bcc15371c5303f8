import { attempt } from '../../model/attempt.ts';
import { GateError } from '../../model/gate-error.ts';
import { schemaProblem } from '../../model/schema-problem.ts';
import { parseUntrustedJson } from '../../model/untrusted-json.ts';
import { type VerdictStatement, verdictPredicateType, verdictStatementSchema } from '../../model/verdict-statement.ts';

/** Throws GateError REPORT_UNTRUSTED for anything else than a statement of a verdict. */
export function parseStatement(text: string, file: string): VerdictStatement {
  const content = attempt(() => parseUntrustedJson(text));
  const parsed = verdictStatementSchema().safeParse(content);
  if (parsed.success) return parsed.data;
  throw new GateError('REPORT_UNTRUSTED', {
    file,
    message: `is not the attestation of a verdict: ${content === undefined ? 'it is not JSON' : schemaProblem(parsed.error)}`,
    expected: `an in-toto statement with the predicate type ${verdictPredicateType}`,
    next: 'Write it by `k8s-gate check --output attestation=FILE`. The bundle with its signature is another file: pass it as --bundle.',
  });
}

export interface Required {
  readonly commit: string;
  readonly now: Date;
  readonly maxAgeMs: number;
  readonly requirePass: boolean;
}

const skewMs = 5 * 60_000;

export function complaintsAbout(
  { subject, predicate }: VerdictStatement,
  { commit, now, maxAgeMs, requirePass }: Required,
): readonly string[] {
  const { verdict, evaluatedAt, commit: about } = predicate;
  const others = subject.filter(({ digest }) => digest.gitCommit !== about.sha);
  const ageMs = now.getTime() - Date.parse(evaluatedAt);
  const accepted = requirePass ? ['pass'] : ['pass', 'warn'];
  return [
    ...(others.length > 0 ? ['its subject is not the commit in its predicate'] : []),
    ...(about.sha === commit ? [] : [`it is about commit ${about.sha}, not ${commit}`]),
    ...(about.uncommittedChanges ? ['it is about a work tree with uncommitted changes'] : []),
    ...(accepted.includes(verdict.outcome) ? [] : [`its verdict is ${verdict.outcome}: ${verdict.reason.slice(0, 300)}`]),
    ...(verdict.errors.length > 0 ? [`something could not be evaluated: ${verdict.errors.join(', ')}`] : []),
    ...(requirePass && verdict.notEvaluated > 0 ? [`${verdict.notEvaluated} items were not evaluated`] : []),
    ...((verdict.findings.block ?? 0) > 0 && accepted.includes(verdict.outcome) ? ['it has findings that block'] : []),
    ...(ageMs > maxAgeMs ? [`it is of ${evaluatedAt}, which is too old`] : []),
    ...(ageMs < -skewMs ? [`it is of ${evaluatedAt}, which is in the future`] : []),
  ];
}

export function summaryOf({ predicate: { verdict, commit, evaluatedAt, engines } }: VerdictStatement): string {
  const ran = engines
    .filter(({ status }) => status === 'completed')
    .map(({ engine, version }) => `${engine} ${version ?? ''}`.trim());
  const gaps = verdict.notEvaluated === 0 ? '' : ` (${verdict.notEvaluated} items were not evaluated)`;
  return `${verdict.outcome}${gaps} for ${commit.sha}, evaluated at ${evaluatedAt} by ${ran.join(', ')}: ${verdict.reason}`;
}
