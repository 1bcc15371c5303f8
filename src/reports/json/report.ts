import type { Change } from '../../model/change.ts';
import type { Comparison } from '../../model/comparison.ts';
import { formatPath } from '../../model/field-path.ts';
import type { Finding, Fix, Subject } from '../../model/finding.ts';
import type { GateError } from '../../model/gate-error.ts';
import type { JsonValue } from '../../model/json.ts';
import type { PolicyPreview } from '../../model/preview.ts';
import type { JudgedFinding, Verdict } from '../../model/verdict.ts';
import type { RenderContext } from '../reporter.ts';

/** The whole verdict as plain JSON, in the order of the schema. Nothing is cut and nothing escaped but what JSON escapes. */
export function toReport(verdict: Verdict, context: RenderContext): JsonValue {
  return plain({
    schemaVersion: 1,
    tool: { name: 'k8s-gate', version: context.gateVersion },
    generatedAt: context.generatedAt.toISOString(),
    change: context.change === undefined ? undefined : toChange(context.change, verdict, context),
    outcome: verdict.outcome,
    reason: verdict.reason,
    counts: verdict.counts,
    severities: verdict.severities,
    totals: verdict.totals,
    policies: verdict.policies,
    comparison: verdict.comparison === undefined ? undefined : toComparison(verdict.comparison),
    preview: verdict.preview === undefined ? undefined : toPreview(verdict.preview),
    waivers: verdict.waivers,
    findings: verdict.findings.map(toJudged),
    errors: verdict.errors.map(toError),
    engines: verdict.engines,
    ledger: verdict.ledger,
  });
}

function toChange(
  { repository, headSha, baseSha, pullRequest }: Change,
  verdict: Verdict,
  { pathPrefix, headLine }: RenderContext,
): JsonValue {
  const moved =
    headLine &&
    uniqueLines(verdict)
      .map(({ file, line }) => ({ file, line, headLine: headLine(file, line) }))
      .filter((place) => place.headLine !== place.line);
  return plain({ repository, headSha, baseSha, pullRequest: pullRequest?.number, pathPrefix, headLines: moved });
}

function uniqueLines(verdict: Verdict): readonly { readonly file: string; readonly line: number }[] {
  const places = verdict.findings.flatMap(({ finding }) => finding.locations);
  return [...new Map(places.map(({ file, line }) => [`${file}\n${line}`, { file, line }])).values()];
}

function toComparison(comparison: Comparison): JsonValue {
  return plain(
    comparison.status === 'compared'
      ? { ...comparison, fixed: comparison.fixed.map((fixed) => ({ fingerprint: fixed.fingerprint, ...toComplaint(fixed) })) }
      : comparison,
  );
}

function toPreview(preview: PolicyPreview): JsonValue {
  return plain(preview.status === 'known' ? { ...preview, refused: preview.refused.map(toJudged) } : preview);
}

function toJudged({ finding, action, decidedBy, state, newIn, waiver }: JudgedFinding): JsonValue {
  return plain({ fingerprint: finding.fingerprint, action, decidedBy, state, newIn, waiver, ...toComplaint(finding) });
}

function toComplaint(finding: Finding): object {
  const { severity, engine, rule, category, title, detail, fix, helpUrl, locations, resources, environments, sources } = finding;
  const { cause, context } = finding;
  return {
    severity,
    engine,
    rule,
    category,
    title,
    detail,
    fix: fix === undefined ? undefined : toFix(fix),
    helpUrl,
    subject: toSubject(finding.subject),
    locations,
    resources,
    environments,
    sources,
    cause,
    context,
  };
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
