import type { SourceLocation } from '../../model/location.ts';
import type { JudgedFinding } from '../../model/verdict.ts';
import { fromRoot, relativeUri } from '../escape.ts';
import { sarifMessageMaxChars, sarifRelatedLocations } from '../limits.ts';
import { oneLine, shorten } from '../text.ts';
import { concernsOf, fieldOf, fixOf, subjectOf } from '../view.ts';
import { levelOf, sentence } from './rules.ts';

/**
 * Code scanning drops a result that has no place in a file. What stands in none (a node of the cluster) is shown at the gate's own
 * configuration, which is where a reader would change how it is judged; the logical location says what it is really about.
 */
const fallbackFile = '.k8s-gate.yaml';

export function toResult(
  { finding, action, decidedBy }: JudgedFinding,
  ruleId: string,
  ruleIndex: number,
  pathPrefix: string | undefined,
): object {
  const [first, ...others] = finding.locations;
  const fullName = shorten(
    oneLine(fieldOf(finding) === undefined ? subjectOf(finding) : `${subjectOf(finding)}: ${fieldOf(finding)}`),
    500,
  );
  return {
    ruleId,
    ruleIndex,
    level: levelOf(action),
    message: { text: escapeMessage(messageOf({ finding, action, decidedBy })) },
    locations: [
      { ...physical(first, pathPrefix), logicalLocations: [{ fullyQualifiedName: fullName || 'unnamed', kind: 'resource' }] },
    ],
    ...(others.length > 0 && {
      relatedLocations: others
        .slice(0, sarifRelatedLocations)
        .map((location, index) => ({ id: index + 1, ...physical(location, pathPrefix) })),
    }),
    partialFingerprints: { 'k8sGate/v1': finding.fingerprint },
    properties: { severity: finding.severity, action, decidedBy: oneLine(decidedBy), category: finding.category },
  };
}

function messageOf({ finding, decidedBy }: JudgedFinding): string {
  const fix = fixOf(finding);
  const parts = [
    finding.title,
    concernsOf(finding),
    ...(finding.sources.length > 1
      ? [`Said by ${finding.sources.map((source) => `${source.engine} (${source.rule})`).join(', ')}`]
      : []),
    ...(decidedBy === 'default' ? [] : [`Judged by the policy of ${decidedBy}`]),
    ...(fix === undefined ? [] : [`To mend it: ${fix}`]),
  ];
  return parts.map((part) => sentence(part, sarifMessageMaxChars / parts.length)).join(' ');
}

/** In a plain text message of SARIF, `[text](link)` is a link (3.11.6): brackets of ours or others are none. */
export function escapeMessage(text: string): string {
  return text.replace(/[[\]\\]/g, '\\$&');
}

export function physical(location: SourceLocation | undefined, pathPrefix: string | undefined): object {
  const uri = location === undefined ? undefined : relativeUri(fromRoot(location.file, pathPrefix));
  if (location === undefined || uri === undefined)
    return place(relativeUri(fromRoot(fallbackFile, pathPrefix)) ?? fallbackFile, { startLine: 1 });
  const startLine = atLeastOne(location.line) ?? 1;
  const startColumn = atLeastOne(location.column);
  const endLine = atLeastOne(location.endLine);
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
