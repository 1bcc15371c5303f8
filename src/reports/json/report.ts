import type { Change } from '../../model/change.ts';
import type { Comparison } from '../../model/comparison.ts';
import { formatPath } from '../../model/field-path.ts';
import type { Finding, Subject } from '../../model/finding.ts';
import type { GateError } from '../../model/gate-error.ts';
import { holdsBigint, type JsonObject, type JsonValue, stringifyJson } from '../../model/json.ts';
import type { JudgedFinding, PolicyPreview, Verdict } from '../../model/verdict.ts';
import { complianceOf } from '../compliance.ts';
import type { RenderContext } from '../reporter.ts';

/** The whole verdict as plain JSON, in the order of the schema. Nothing is cut and nothing escaped but what JSON escapes. */
export function reportText(verdict: Verdict, context: RenderContext): string {
  const report = toReport(verdict, context);
  return holdsBigint(report) ? stringifyJson(plain(report), 2) : JSON.stringify(report, null, 2);
}

function toReport(verdict: Verdict, context: RenderContext): object {
  return {
    schemaVersion: 1,
    tool: { name: 'k8s-gate', version: context.gateVersion },
    generatedAt: context.generatedAt.toISOString(),
    change: context.change === undefined ? undefined : toChange(context.change, verdict, context),
    outcome: verdict.outcome,
    reason: verdict.reason,
    counts: verdict.counts,
    severities: verdict.severities,
    totals: verdict.totals,
    images: verdict.images,
    policies: verdict.policies,
    riskData: verdict.riskData,
    comparison: verdict.comparison === undefined ? undefined : toComparison(verdict.comparison),
    difference: verdict.difference,
    preview: verdict.preview === undefined ? undefined : toPreview(verdict.preview),
    compliance: complianceOf(verdict),
    waivers: verdict.waivers,
    accepted: verdict.accepted,
    findings: verdict.findings.map(toJudged),
    errors: verdict.errors.map(toError),
    engines: verdict.engines,
    coverage: verdict.coverage,
  };
}

function toChange(
  { repository, headSha, baseSha, pullRequest }: Change,
  verdict: Verdict,
  { pathPrefix, headLine }: RenderContext,
): object {
  const moved =
    headLine &&
    uniqueLines(verdict)
      .map(({ file, line }) => ({ file, line, headLine: headLine(file, line) }))
      .filter((place) => place.headLine !== place.line);
  return { repository, headSha, baseSha, pullRequest: pullRequest?.number, pathPrefix, headLines: moved };
}

function uniqueLines(verdict: Verdict): readonly { readonly file: string; readonly line: number }[] {
  const places = verdict.findings.flatMap(({ finding }) => finding.locations);
  return [...new Map(places.map(({ file, line }) => [`${file}\n${line}`, { file, line }])).values()];
}

function toComparison(comparison: Comparison): object {
  return comparison.status === 'compared'
    ? { ...comparison, fixed: comparison.fixed.map((fixed) => ({ fingerprint: fixed.fingerprint, ...toComplaint(fixed) })) }
    : comparison;
}

function toPreview(preview: PolicyPreview): object {
  return preview.status === 'known' ? { ...preview, refused: preview.refused.map(toJudged) } : preview;
}

function toJudged({ finding, action, decidedBy, because, state, newIn, newBecause, waiver }: JudgedFinding): object {
  return {
    fingerprint: finding.fingerprint,
    action,
    decidedBy,
    because,
    state,
    newIn,
    newBecause,
    waiver,
    ...toComplaint(finding),
  };
}

function toComplaint(finding: Finding): object {
  const { severity, engine, rule, category, title, detail, fix, helpUrl, locations, resources, environments, sources } = finding;
  const { cause, context, risk } = finding;
  return {
    severity,
    engine,
    rule,
    category,
    title,
    detail,
    fix: fix === undefined ? undefined : { text: fix.text, fixedVersion: fix.fixedVersion, patch: fix.patch },
    helpUrl,
    subject: toSubject(finding.subject),
    locations,
    resources,
    environments,
    sources,
    owners: finding.owners,
    cause,
    context,
    risk,
  };
}

function toSubject(subject: Subject): object {
  return subject.kind === 'resource' ? { ...subject, field: formatPath(subject.path) } : subject;
}

function toError({ code, details: { message, file, line, column, expected, next } }: GateError): object {
  return { code, message, file, line, column, expected, next };
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
      return value === null ? null : plainObject(value);
    default:
      return null;
  }
}

/** A key named __proto__ stays data. */
function plainObject(value: object): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value) as readonly (readonly [string, unknown])[]) {
    if (item === undefined) continue;
    if (key === '__proto__') Object.defineProperty(fields, key, { value: plain(item), enumerable: true });
    else fields[key] = plain(item);
  }
  return fields;
}
