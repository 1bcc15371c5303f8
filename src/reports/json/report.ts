import { formatPath } from '../../model/field-path.ts';
import type { Fix, Subject } from '../../model/finding.ts';
import type { GateError } from '../../model/gate-error.ts';
import type { JsonValue } from '../../model/json.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { RenderContext } from '../reporter.ts';

/** The whole verdict as plain JSON, in the order of the schema. Nothing is cut and nothing escaped but what JSON escapes. */
export function toReport(verdict: Verdict, context: RenderContext): JsonValue {
  return {
    schemaVersion: 1,
    tool: { name: 'k8s-gate', version: context.gateVersion },
    generatedAt: context.generatedAt.toISOString(),
    outcome: verdict.outcome,
    reason: verdict.reason,
    counts: { ...verdict.counts },
    severities: { ...verdict.severities },
    totals: { ...verdict.totals },
    policies: plain(verdict.policies),
    findings: verdict.findings.map(toFinding),
    errors: verdict.errors.map(toError),
    engines: plain(verdict.engines),
    ledger: plain(verdict.ledger),
  };
}

function toFinding({ finding, action, decidedBy }: JudgedFinding): JsonValue {
  const { fingerprint, severity, engine, rule, category, title, detail, fix, helpUrl } = finding;
  return plain({
    fingerprint,
    action,
    decidedBy,
    severity,
    engine,
    rule,
    category,
    title,
    detail,
    fix: fix === undefined ? undefined : toFix(fix),
    helpUrl,
    subject: toSubject(finding.subject),
    locations: finding.locations,
    resources: finding.resources,
    environments: finding.environments,
    sources: finding.sources,
  });
}

function toFix({ text, fixedVersion, patch }: Fix): JsonValue {
  return plain({ text, fixedVersion, patch });
}

function toSubject(subject: Subject): JsonValue {
  return plain(subject.kind === 'resource' ? { ...subject, field: formatPath(subject.path) } : subject);
}

function toError({ code, details: { message, file, line, column, expected, next } }: GateError): JsonValue {
  return plain({ code, message, file, line, column, expected, next });
}

/** The JSON of a value of the model: what is undefined is left out; integers of any size keep their digits. */
function plain(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item));
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'object':
      return value === null
        ? null
        : Object.fromEntries(
            Object.entries(value).flatMap(([key, item]: [string, unknown]) => (item === undefined ? [] : [[key, plain(item)]])),
          );
    default:
      return null;
  }
}
