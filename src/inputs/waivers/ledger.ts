import { engines } from '../../engines/registry.ts';
import type { GateError } from '../../model/gate-error.ts';
import { isAllWildcards } from '../../model/glob.ts';
import { nearest } from '../../model/nearest.ts';
import type { Waiver } from '../../model/waiver.ts';
import { addDays, dayOf, isDay } from './dates.ts';
import { type Located, openLocated } from './located.ts';
import { type WaiversFile, waiversSchema } from './schema.ts';

export const waiversFileName = '.k8s-gate/waivers.yaml';
const maxDays = 366;

export interface LedgerFile {
  readonly waivers: readonly Waiver[];
  readonly selfWaiver: 'deny' | 'allow';
  readonly vex: readonly string[];
  /** An error about one of `vex`. */
  readonly vexError: (index: number, message: string, expected: string) => GateError;
}

/** Parses the waivers file alone. `today` bounds `expires`. Throws GateError CONFIG_INVALID. */
export function parseLedger(text: string, today: Date, file: string = waiversFileName): LedgerFile {
  const located = openLocated(text, file, 'docs/waivers.md describes the format.').as(waiversSchema());
  const waivers = (located.value.waivers ?? []).map((_, index) => toWaiver(located, index, today, file));
  refuseDuplicates(waivers, located);
  return {
    waivers,
    selfWaiver: located.value.selfWaiver ?? 'deny',
    vex: located.value.vex ?? [],
    vexError: (index, message, expected) => located.at(['vex', index], message, expected),
  };
}

function toWaiver(located: Located<WaiversFile>, index: number, today: Date, file: string): Waiver {
  const written = located.value.waivers?.[index];
  if (written === undefined) throw located.at(['waivers'], 'is not a list');
  const refuse = (key: string, message: string, expected: string): GateError =>
    located.at(['waivers', index, key], `\`${key}\` of waiver ${index + 1}: ${message}`, expected);
  const slash = written.rule.indexOf('/');
  const [engine, rule] = [written.rule.slice(0, slash), written.rule.slice(slash + 1)];
  // `gate` is what compares the gate's own settings with the base's.
  const known = [...engines.map((entry) => entry.id), 'gate'];
  if (!known.includes(engine)) {
    const near = nearest(engine, known);
    throw refuse('rule', `there is no engine \`${engine}\``, near === undefined ? known.join(', ') : `\`${near}/${rule}\``);
  }
  if (isAllWildcards(rule)) throw refuse('rule', 'would waive the whole engine', `a rule, such as ${engine}/NAME`);
  if (isAllWildcards(written.target) && /[*?]/.test(rule))
    throw refuse('target', 'would waive many rules everywhere', 'a target with a name in it, or a rule without a glob');
  if (!isDay(written.expires)) throw refuse('expires', `${written.expires} is not a valid date`, 'a day such as 2027-01-31');
  const latest = dayOf(addDays(today, maxDays));
  if (written.expires > latest)
    throw refuse('expires', `${written.expires} is more than ${maxDays} days ahead`, `${latest} at the latest; renew it then`);
  const { environments, ...rest } = written;
  const line = located.line(['waivers', index]);
  return { ...rest, ...(environments !== undefined && { environments }), source: 'waivers', file, line };
}

/** Two waivers for one thing would have two ends, and the later one would win unseen. */
function refuseDuplicates(waivers: readonly Waiver[], located: Located<WaiversFile>): void {
  const seen = new Map<string, Waiver[]>();
  for (const [index, waiver] of waivers.entries()) {
    const key = JSON.stringify([waiver.rule, waiver.target]);
    const same = seen.get(key) ?? [];
    const other = same.find((earlier) => overlap(earlier.environments, waiver.environments));
    if (other !== undefined)
      throw located.at(
        ['waivers', index],
        `${waiver.rule} on ${waiver.target} is waived twice (also on line ${other.line})`,
        'one entry',
      );
    seen.set(key, [...same, waiver]);
  }
}

function overlap(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === undefined || b === undefined || a.some((name) => b.includes(name));
}
