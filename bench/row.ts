/** The target of a figure; a figure equal to the limit meets it. */
export interface Target {
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
}

export interface MeasuredRow {
  readonly kind: 'measured';
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  /** The figure that the target is about. */
  readonly value: number;
  readonly unit: Unit;
  readonly target?: Target;
  /** For a missed figure: its profile. */
  readonly profile: readonly string[];
}
export interface SkippedRow {
  readonly kind: 'skipped';
  readonly what: string;
  readonly reason: string;
}
/** The measurement itself failed: never used as a figure. */
export interface BrokenRow {
  readonly kind: 'broken';
  readonly what: string;
  readonly reason: string;
}
export type Row = MeasuredRow | SkippedRow | BrokenRow;
export type Unit = 'times' | 'ms' | 's' | 'MB' | 'findings';

export type Verdict = 'met' | 'missed' | '';

/** A value that is not above zero was not measured, and meets no target. */
export function verdictOf({ value, target }: Pick<MeasuredRow, 'value' | 'target'>): Verdict {
  if (target === undefined) return '';
  if (!(value > 0)) return 'missed';
  return (target.sense === 'at most' ? value <= target.limit : value >= target.limit) ? 'met' : 'missed';
}

type RowParts = Omit<MeasuredRow, 'kind' | 'profile'>;

/** A row; if it misses its target, `profile` explains why. That costs a run, so a row that meets its target has no profile. */
export async function row(parts: RowParts, profile: () => Promise<readonly string[]>): Promise<MeasuredRow> {
  const missed = verdictOf(parts) === 'missed';
  return { kind: 'measured', ...parts, profile: missed ? await profile() : [] };
}

export function skipped(what: string, reason: string): SkippedRow {
  return { kind: 'skipped', what, reason };
}

/** `other` divided by `ours`: 5 means five times as fast. */
export function timesFaster(ours: number, other: number): number {
  if (!(ours > 0)) throw new Error(`a duration of ${ours} was not measured`);
  return other / ours;
}

const digits: Readonly<Record<Unit, number>> = { times: 2, ms: 0, s: 2, MB: 2, findings: 0 };
const suffix: Readonly<Record<Unit, string>> = { times: 'x', ms: ' ms', s: ' s', MB: ' MB', findings: '' };

export function show(value: number, unit: Unit): string {
  return `${value.toFixed(digits[unit])}${suffix[unit]}`;
}

export function showTarget({ target, unit }: Pick<MeasuredRow, 'target' | 'unit'>): string {
  return target === undefined ? '' : `${target.sense} ${target.limit}${suffix[unit]}`;
}

export function seconds(ms: number): string {
  return show(ms / 1000, 's');
}
