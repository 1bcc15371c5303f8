import type { Finding } from './finding.ts';
import { matchesGlob } from './glob.ts';
import type { Action, Severity } from './severity.ts';

/** An existing finding that does not block, of `.k8s-gate/baseline.yaml`. The format is described in docs/baseline.md. */
export interface BaselineEntry {
  /** `cel/privileged`: engine and rule. */
  readonly rule: string;
  /** What it may be at most. */
  readonly severity: Severity;
  /** Resources that it may concern; for a finding about an image, those that used it when it was accepted. */
  readonly resources: readonly string[];
  /** Where it was; for readers only, so that it survives a moved file. */
  readonly file?: string;
  /** Environments that it may reach. */
  readonly environments: readonly string[];
  /** Each is 32 hex characters, made by `acceptedKeys`. */
  readonly fingerprints: readonly string[];
  /** The day on which it was accepted, `2026-11-28`. */
  readonly added: string;
  /** The last day on which it is accepted, in UTC. Absent: until it is fixed. */
  readonly expires?: string;
  readonly line: number;
}

/** What a baseline file did in a run. */
export interface BaselineUse {
  readonly file: string;
  readonly entries: number;
  /** Findings that it keeps from blocking and warning. */
  readonly findings: number;
  /** Entries that no finding of this run matches, although their engine completed. */
  readonly unused: readonly BaselineEntry[];
  /** Entries that match a finding and have expired. */
  readonly expired: readonly BaselineEntry[];
}

/** Findings that neither block nor warn, only because the base or the baseline file has them. */
export function isExisting({ action, decidedBy }: { readonly action: Action; readonly decidedBy: string }): boolean {
  return action === 'allow' && (decidedBy === 'only-new' || decidedBy === 'baseline');
}

export function countExisting(findings: readonly Parameters<typeof isExisting>[0][]): number {
  return findings.filter(isExisting).length;
}

/** Findings of the gate itself are about the change or about what was not evaluated: they are not accepted, and neither are errors. */
export function isAcceptable({ engine, sources }: Finding): boolean {
  return engine !== 'gate' && sources.every((source) => source.engine !== 'gate');
}

/** Whether the organization allows nobody to accept it, by any of its engines: as with waivers, two engines that agree are two rules to accept. */
export function isForbidden({ sources }: Finding, never: readonly string[] = []): boolean {
  return sources.some(({ engine, rule }) => never.some((glob) => matchesGlob(glob, `${engine}/${rule}`)));
}
