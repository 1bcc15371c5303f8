import { type GateError, troubleshootingUrl } from '../../model/gate-error.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { JudgedFinding } from '../../model/verdict.ts';
import { commandData, commandProperty, fromRoot, isRelativePath } from '../escape.ts';
import { annotationMaxChars, annotationsPerLevel } from '../limits.ts';
import type { Reporter } from '../reporter.ts';
import { oneLine, reveal, shorten } from '../text.ts';
import { adviceOf, byAction, concernsOf, fixOf, ruleOf } from '../view.ts';

type Level = 'error' | 'warning';
interface Annotation {
  readonly title: string;
  readonly message: string;
  readonly location?: Partial<SourceLocation>;
}

/**
 * Workflow commands, which the runner shows as annotations on lines of the change
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands). Errors come before findings: until they are
 * fixed, findings may be incomplete.
 */
export const annotationsReporter: Reporter = {
  id: 'annotations',
  standsInFor: 'check-run',
  title: 'Annotations',
  summary: 'For the GitHub runner: blocking findings and warnings as annotations on the lines of the change.',
  render: (verdict, { pathPrefix }) => {
    const blocking = byAction(verdict, 'block');
    const errors = [...verdict.errors.map(ofError), ...shownOf(blocking)];
    const warnings = byAction(verdict, 'warn');
    return [
      ...commands('error', errors, verdict.errors.length + blocking.length, pathPrefix),
      ...commands('warning', shownOf(warnings), warnings.length, pathPrefix),
    ]
      .map((line) => `${line}\n`)
      .join('');
  },
};

function ofError(error: GateError): Annotation {
  const { message, file, line, column } = error.details;
  const parts = [message, ...adviceOf(error), `Help: ${troubleshootingUrl(error.code)}`];
  const location = {
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
  return { title: `k8s-gate evaluation error: ${error.code}`, message: parts.join('\n'), location };
}

/** Findings that the base has as well come last: what this change adds must not be cut in their favor. */
function shownOf(findings: readonly JudgedFinding[]): readonly Annotation[] {
  const isOld = ({ state }: JudgedFinding): number => (state === 'unchanged' ? 1 : 0);
  return findings
    .toSorted((a, b) => isOld(a) - isOld(b))
    .slice(0, annotationsPerLevel)
    .map(ofFinding);
}

function ofFinding({ finding }: JudgedFinding): Annotation {
  const [location] = finding.locations;
  const fix = fixOf(finding);
  const parts = [finding.title, concernsOf(finding), ...(fix === undefined ? [] : [`Fix: ${fix}`])];
  return {
    title: `${finding.severity}: ${ruleOf(finding)}`,
    message: parts.join('\n'),
    ...(location !== undefined && { location }),
  };
}

/** At most as many per level as the runner keeps. It keeps the first ones, so the last annotation counts the missing ones. */
function commands(
  level: Level,
  annotations: readonly Annotation[],
  all: number,
  pathPrefix: string | undefined,
): readonly string[] {
  if (all <= annotationsPerLevel) return annotations.map((annotation) => command(level, annotation, pathPrefix));
  const shown = annotations.slice(0, annotationsPerLevel - 1);
  const left = all - shown.length;
  const more = {
    title: 'k8s-gate',
    message: `${left} more ${level}s are not shown as annotations. The job summary and the other reports list them.`,
  };
  return [...shown, more].map((annotation) => command(level, annotation, pathPrefix));
}

function command(level: Level, { title, message, location }: Annotation, pathPrefix: string | undefined): string {
  const properties = { title: shorten(oneLine(title), 255), ...placed(location, pathPrefix) };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${commandProperty(String(value))}`);
  return `::${level} ${list.join(',')}::${commandData(shorten(reveal(message), annotationMaxChars))}`;
}

/** Omits files outside the repository, and columns of multi-line ranges, which the runner rejects. */
function placed(
  location: Partial<SourceLocation> = {},
  pathPrefix: string | undefined,
): Readonly<Record<string, string | number>> {
  const { line, column, endLine } = location;
  if (location.file === undefined || !isRelativePath(location.file) || reveal(location.file) !== location.file) return {};
  const file = fromRoot(location.file, pathPrefix);
  if (line === undefined || line < 1) return { file, line: 1 };
  if (endLine !== undefined && endLine > line) return { file, line, endLine };
  return { file, line, ...(column !== undefined && column >= 1 && { col: column }) };
}
