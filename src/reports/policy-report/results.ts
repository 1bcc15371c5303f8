import type { GateError } from '../../model/gate-error.ts';
import type { Action } from '../../model/severity.ts';
import type { CoverageRow, JudgedFinding, Verdict } from '../../model/verdict.ts';
import { oneLine, shorten } from '../text.ts';
import { concernsOf, errorPlace, fieldOf, fixOf, placeOf } from '../view.ts';

export type ResultStatus = 'pass' | 'fail' | 'warn' | 'error' | 'skip';
export interface ResourceReference {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
/** A PolicyReportResult without its timestamp. */
export interface Result {
  readonly source: string;
  readonly policy: string;
  readonly rule?: string;
  readonly category?: string;
  readonly severity?: string;
  readonly result: ResultStatus;
  readonly scored: boolean;
  readonly message?: string;
  readonly resources?: readonly ResourceReference[];
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * The format has `fail` (requirement not met), `warn` (not met, not scored) and `skip` (not selected), but no status for an unmet
 * requirement that the severity policy allows. `pass` would be wrong, so it is a `skip` with the property `action: allow`.
 */
const statuses: Readonly<Record<Action, ResultStatus>> = { block: 'fail', warn: 'warn', allow: 'skip' };

export function toResults(verdict: Verdict): readonly Result[] {
  const complaints = new Set(
    verdict.findings.flatMap(({ finding }) =>
      finding.sources.flatMap(({ engine }) => finding.resources.map((label) => `${engine}\n${label}`)),
    ),
  );
  const passes = verdict.coverage.flatMap((row) => ofRow(row, (engine) => complaints.has(`${engine}\n${row.label}`)));
  return [...verdict.findings.map(ofFinding), ...verdict.errors.map(ofError), ...passes];
}

function ofFinding({ finding, action, decidedBy, state, waiver }: JudgedFinding): Result {
  const { severity } = finding;
  return {
    source: 'k8s-gate',
    policy: line(finding.engine),
    rule: line(finding.rule),
    category: finding.category,
    ...(severity !== 'unknown' && { severity }),
    result: statuses[action],
    scored: action === 'block',
    message: line([finding.title, fixOf(finding)].filter((part) => part !== undefined).join('. ')),
    ...references(finding.resources),
    properties: properties({
      action,
      decidedBy,
      state,
      waiver: waiver?.reason,
      waiverOwner: waiver?.owner,
      waiverExpires: waiver?.expires,
      fingerprint: finding.fingerprint,
      location: placeOf(finding),
      field: fieldOf(finding),
      concerns: finding.subject.kind === 'resource' ? undefined : concernsOf(finding),
      engines: finding.sources.map((source) => `${source.engine}: ${source.rule}`).join(', '),
      environments: finding.environments.join(', '),
      helpUrl: finding.helpUrl,
    }),
  };
}

function ofError(error: GateError): Result {
  return {
    source: 'k8s-gate',
    policy: 'k8s-gate',
    rule: error.code,
    result: 'error',
    scored: true,
    message: line(error.details.message),
    properties: properties({ location: errorPlace(error), expected: error.details.expected, next: error.details.next }),
  };
}

/** A resource evaluated without a finding passes. Other rows are not Kubernetes objects, and uncovered items are among the errors. */
function ofRow(row: CoverageRow, complained: (engine: string) => boolean): readonly Result[] {
  if (row.kind !== 'resource') return [];
  return row.entries
    .filter((entry) => entry.status === 'evaluated' && !complained(entry.engine))
    .map((entry) => ({
      source: 'k8s-gate',
      policy: line(entry.engine),
      result: 'pass',
      scored: true,
      ...references([row.label]),
      properties: properties({ location: row.source }),
    }));
}

function properties(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, line(value)]])),
  );
}

function references(labels: readonly string[]): { readonly resources?: readonly ResourceReference[] } {
  const resources = labels.map(parseLabel).filter((reference) => reference !== undefined);
  return resources.length === 0 ? {} : { resources };
}

/** Parses the result of `resourceLabel`, `Kind namespace/name` or `Kind name`; undefined if it is ambiguous. */
export function parseLabel(label: string): ResourceReference | undefined {
  const [, kind, namespace, name] =
    /^([A-Za-z][A-Za-z0-9]*) (?:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/)?([^\s/\p{C}]{1,253})$/u.exec(label) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  return { kind, name, ...(namespace !== undefined && { namespace }) };
}

function line(text: string): string {
  return shorten(oneLine(text), 1_000);
}
