import type { Severity } from '../model/severity.ts';
import type { Outcome } from '../model/verdict.ts';
import type { WaiverStatus } from '../model/waiver.ts';
import type { ReadReport } from '../reports/json/read.ts';

/** What the overview needs of one report. All of its text is from outside. */
export interface Summary {
  /** `org/shop`, with the folder of the workspace; the folder of the file for a report that names no repository. */
  readonly repository: string;
  readonly file: string;
  readonly generatedAt: Date;
  readonly gateVersion: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly counts: Readonly<Record<'block' | 'warn' | 'allow', number>>;
  readonly errors: number;
  readonly rules: readonly RuleCount[];
  readonly waivers: readonly WaiverLine[];
  readonly owners: readonly OwnerCount[];
}
export interface OwnerCount {
  readonly owner: string;
  readonly block: number;
  readonly warn: number;
  readonly allow: number;
}
export interface RuleCount {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly block: number;
  readonly warn: number;
  readonly allow: number;
}
export interface WaiverLine {
  readonly rule: string;
  readonly target: string;
  readonly owner: string;
  readonly expires: string;
  readonly status: WaiverStatus;
}

export function summaryOf({ verdict, generatedAt, gateVersion, change }: ReadReport, file: string): Summary {
  const { outcome, reason, counts, errors, findings, waivers } = verdict;
  const rules = new Map<string, { -readonly [K in keyof RuleCount]: RuleCount[K] }>();
  for (const { finding, action } of findings) {
    const rule = `${finding.engine}/${finding.rule}`;
    const known = rules.get(rule) ?? { rule, title: finding.title, severity: finding.severity, block: 0, warn: 0, allow: 0 };
    known[action] += 1;
    rules.set(rule, known);
  }
  const owners = new Map<string, { -readonly [K in keyof OwnerCount]: OwnerCount[K] }>();
  for (const { finding, action } of findings)
    for (const owner of finding.owners ?? []) {
      const known = owners.get(owner) ?? { owner, block: 0, warn: 0, allow: 0 };
      known[action] += 1;
      owners.set(owner, known);
    }
  const prefix = change?.pathPrefix === undefined ? '' : `/${change.pathPrefix}`;
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : file.replace(/\.json$/, '');
  return {
    repository: change === undefined ? folder : `${change.repository}${prefix}`,
    ...{ file, generatedAt, gateVersion, outcome, reason, counts, errors: errors.length },
    rules: [...rules.values()],
    owners: [...owners.values()],
    waivers: waivers.map(({ waiver: { rule, target, owner, expires }, status }) => ({ rule, target, owner, expires, status })),
  };
}
