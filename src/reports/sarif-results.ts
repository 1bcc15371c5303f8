import type { SourceLocation } from '../model/location.ts';
import type { JudgedFinding } from '../model/verdict.ts';
import { decisionOf } from './decision.ts';
import { fromRoot, relativeUri } from './escape.ts';
import { sarifMessageMaxChars, sarifRelatedLocations } from './limits.ts';
import { levelOf, sentence } from './sarif-rules.ts';
import { capital, oneLine, shorten } from './text.ts';
import { concernsOf, fieldOf, fixOf, subjectOf } from './view.ts';

/**
 * Code scanning drops results without a file. A finding without one (a node of the cluster) is placed in the gate's configuration, where
 * a reader would change how it is judged; the logical location names its real subject.
 */
const fallbackFile = '.k8s-gate.yaml';

/** Settings that all results of a log share. */
export interface SarifView {
  readonly pathPrefix?: string;
  /** Maps to a line of the commit that the log is uploaded for; undefined if it has no such line. */
  readonly lineOf?: (file: string, line: number) => number | undefined;
  /**
   * Whether to write the fingerprint that code scanning uses to identify alerts. `github/codeql-action/upload-sarif` computes its own and
   * warns about differing ones, so files omit it; a direct upload needs it, or every moved line would open a new alert.
   * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning#data-for-preventing-duplicated-alerts
   */
  readonly ownIdentity: boolean;
  /** Either all results of a log have a state or none (SARIF 3.27.24). */
  readonly states: boolean;
  /** Either all results of a log have `suppressions` or none (SARIF 3.27.23). */
  readonly suppressions: boolean;
}

export function toResult(judged: JudgedFinding, ruleId: string, ruleIndex: number, view: SarifView): object {
  const { finding, action, decidedBy, state } = judged;
  const [first, ...others] = finding.locations;
  const fullName = shorten(
    oneLine(fieldOf(finding) === undefined ? subjectOf(finding) : `${subjectOf(finding)}: ${fieldOf(finding)}`),
    500,
  );
  return {
    ruleId,
    ruleIndex,
    level: levelOf(action),
    message: { text: escapeMessage(messageOf(judged)) },
    locations: [
      { ...physical(first, view), logicalLocations: [{ fullyQualifiedName: fullName || 'unnamed', kind: 'resource' }] },
    ],
    ...(others.length > 0 && {
      relatedLocations: others
        .slice(0, sarifRelatedLocations)
        .map((location, index) => ({ id: index + 1, ...physical(location, view) })),
    }),
    partialFingerprints: {
      'k8sGate/v1': finding.fingerprint,
      ...(view.ownIdentity && { primaryLocationLineHash: `${finding.fingerprint}:1` }),
    },
    ...(view.states && state !== undefined && { baselineState: state }),
    ...(view.suppressions && { suppressions: suppressionsOf(judged) }),
    properties: {
      severity: finding.severity,
      action,
      decidedBy: oneLine(decidedBy),
      category: finding.category,
      ...(finding.risk !== undefined && { risk: finding.risk }),
    },
  };
}

/** A waiver in SARIF's terms. Code scanning ignores suppressions: the alert stays open, with level note. */
function suppressionsOf({ waiver }: JudgedFinding): readonly object[] {
  if (waiver === undefined) return [];
  const justification = [waiver.reason, `Owner ${waiver.owner}`, `Until ${waiver.expires}`]
    .map((part) => sentence(part))
    .join(' ');
  return [{ kind: 'external', status: 'accepted', justification }];
}

function messageOf(judged: JudgedFinding): string {
  const { finding } = judged;
  const decision = decisionOf(judged);
  const fix = fixOf(finding);
  const parts = [
    finding.title,
    concernsOf(finding),
    ...(finding.sources.length > 1
      ? [`Reported by ${finding.sources.map((source) => `${source.engine} (${source.rule})`).join(', ')}`]
      : []),
    ...(decision === undefined ? [] : [capital(decision)]),
    ...(fix === undefined ? [] : [`Fix: ${fix}`]),
  ];
  return parts.map((part) => sentence(part, sarifMessageMaxChars / parts.length)).join(' ');
}

/** SARIF turns `[text](link)` in plain text messages into links (3.11.6), so brackets are escaped. */
export function escapeMessage(text: string): string {
  return text.replace(/[[\]\\]/g, '\\$&');
}

export function physical(location: SourceLocation | undefined, { pathPrefix, lineOf }: SarifView): object {
  const uri = location === undefined ? undefined : relativeUri(fromRoot(location.file, pathPrefix));
  if (location === undefined || uri === undefined)
    return place(relativeUri(fromRoot(fallbackFile, pathPrefix)) ?? fallbackFile, { startLine: 1 });
  const mapped = (line: number | undefined): number | undefined =>
    line === undefined || lineOf === undefined ? line : lineOf(location.file, line);
  const startLine = atLeastOne(mapped(location.line));
  // A line that only exists in the merge with the base: point to the file.
  if (startLine === undefined) return place(uri, { startLine: 1 });
  const startColumn = atLeastOne(location.column);
  const endLine = atLeastOne(mapped(location.endLine));
  return place(uri, {
    startLine,
    ...(startColumn !== undefined && { startColumn }),
    ...(endLine !== undefined && endLine >= startLine && { endLine }),
  });
}

function place(uri: string, region: object): object {
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region } };
}

function atLeastOne(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}
