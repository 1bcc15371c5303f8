import { addTo } from '../../model/group.ts';
import type { IgnoredStatement, Waiver } from '../../model/waiver.ts';
import { addDays, dayOf } from './dates.ts';
import type { Located } from './located.ts';
import type { Named } from './purl.ts';

/** One vulnerability on one product, as a VEX document states it. */
export interface Statement {
  readonly source: 'openvex' | 'cyclonedx';
  /** Whether it states that the product is not affected. A status that is not known does not. */
  readonly clears: boolean;
  /** Its names, the main one first. */
  readonly vulnerability: readonly string[];
  readonly product: Extract<Named, { kind: 'image' }> | 'any-image';
  readonly component?: Extract<Named, { kind: 'component' }>;
  readonly stated: Date;
  readonly author: string;
  readonly reason: string;
  readonly justification?: string;
  readonly file: string;
  readonly line: number;
}
export interface ReadVex {
  readonly statements: readonly Statement[];
  readonly ignored: readonly IgnoredStatement[];
  /** A document of a version that is not read, with all of its words. */
  readonly unread?: { readonly file: string; readonly words: ReadonlySet<string> };
}

/** The words of a text in upper case, among them the names of vulnerabilities. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toUpperCase().split(/[^A-Z0-9-]+/));
}

/**
 * All that was read, without statements that a document which is not read may have taken back: it names the same vulnerability. So that such
 * a document never makes a verdict greener than reading it would.
 */
export function withoutDoubted(read: readonly ReadVex[]): ReadVex {
  const unread = read.flatMap((one) => one.unread ?? []);
  const doubtOf = ({ clears, vulnerability }: Statement) =>
    clears
      ? unread.find(({ words }) => vulnerability.some((name) => [...wordsOf(name)].every((word) => words.has(word))))
      : undefined;
  const statements = read.flatMap((one) => one.statements);
  const doubted = statements.flatMap((statement) => {
    const { file, line, vulnerability } = statement;
    const doubt = doubtOf(statement);
    return doubt === undefined
      ? []
      : [{ file, line, reason: `${doubt.file} names ${vulnerability[0]} and may have newer information` }];
  });
  return {
    statements: statements.filter((statement) => doubtOf(statement) === undefined),
    ignored: [...read.flatMap((one) => one.ignored), ...doubted],
  };
}

/** A statement with a word that this gate does not know waives nothing; where it may be a doubt, it still overrides older statements. */
export function unknownWord(
  key: string,
  word: string,
  known: readonly string[],
  place: Omit<IgnoredStatement, 'reason'>,
): IgnoredStatement {
  return { ...place, reason: `${key}: \`${word.slice(0, 80)}\` is not known; expected one of ${known.join(', ')}` };
}

/** A year, after which a statement must be renewed. */
const maxDays = 365;

/**
 * Statements as waivers. Of several about the same thing the latest counts, and of equally late ones the one that does not clear: "VEX is
 * designed to be a sequence of statements, each overriding" (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md).
 */
export function toWaivers(statements: readonly Statement[]): readonly Waiver[] {
  const clearing = statements.filter((statement) => statement.clears);
  const open = byVulnerability(statements.filter((statement) => !statement.clears));
  const latest = new Map<string, Statement>();
  for (const statement of clearing) {
    const others = statement.vulnerability.flatMap((name) => open.get(name) ?? []);
    if (others.some((other) => other.stated >= statement.stated && contradicts(other, statement))) continue;
    const key = JSON.stringify([statement.vulnerability[0], statement.product, statement.component]);
    const known = latest.get(key);
    if (known === undefined || known.stated < statement.stated) latest.set(key, statement);
  }
  return [...latest.values()].map(toWaiver);
}

/** Neither need be as narrow as the other: a later doubt about a part, or about the whole, overrides the older statement. */
function contradicts(open: Statement, clearing: Statement): boolean {
  const { component: a } = open;
  const { component: b } = clearing;
  const sameComponent =
    a === undefined || b === undefined || (a.name === b.name && (a.version ?? b.version) === (b.version ?? a.version));
  return sameComponent && sameProduct(open.product, clearing.product);
}

function byVulnerability(statements: readonly Statement[]): ReadonlyMap<string, readonly Statement[]> {
  const named = new Map<string, Statement[]>();
  for (const statement of statements) for (const name of statement.vulnerability) addTo(named, name, statement);
  return named;
}

function sameProduct(a: Statement['product'], b: Statement['product']): boolean {
  if (a === 'any-image' || b === 'any-image') return true;
  const within = (part: string, whole: string): boolean => part.startsWith(`${whole}:`) || part.startsWith(`${whole}@`);
  return a.target === b.target || within(a.target, b.target) || within(b.target, a.target);
}

function toWaiver(statement: Statement): Waiver {
  const [name = '', ...aliases] = statement.vulnerability.map((id) => `trivy/${id}`);
  const { component } = statement;
  return {
    rule: name,
    ...(aliases.length > 0 && { aliases }),
    target: statement.product === 'any-image' ? '*' : statement.product.target,
    ...(component !== undefined && {
      component: { name: component.name, ...(component.version !== undefined && { version: component.version }) },
    }),
    reason: statement.reason,
    owner: statement.author,
    expires: dayOf(addDays(statement.stated, maxDays)),
    source: statement.source,
    ...(statement.justification !== undefined && { justification: statement.justification }),
    file: statement.file,
    line: statement.line,
  };
}

/** When it was stated. A date in the future would make it hold for longer than a year, so it is refused; clocks may differ by a day. */
export function statedAt(text: string | undefined, today: Date, located: Located<unknown>, path: readonly PropertyKey[]): Date {
  const expected = 'a time such as 2026-11-25T10:00:00Z';
  if (text === undefined) throw located.at(path, 'has no timestamp', expected);
  const date = new Date(/^\d{4}-\d{2}-\d{2}T/.test(text) ? text : Number.NaN);
  if (Number.isNaN(date.getTime())) throw located.at(path, `${JSON.stringify(text.slice(0, 80))} is not a timestamp`, expected);
  if (date > addDays(today, 1)) throw located.at(path, `was stated in the future (${dayOf(date)})`, `${dayOf(today)} or earlier`);
  return date;
}

/** The names of a vulnerability. A glob is refused. */
export function vulnerabilityNames(
  names: readonly string[],
  located: Located<unknown>,
  path: readonly PropertyKey[],
): readonly string[] {
  for (const name of names) {
    if (/^[A-Za-z0-9][\w.:-]{2,99}$/.test(name)) continue;
    throw located.at(path, `${JSON.stringify(name.slice(0, 80))} does not name a vulnerability`, 'a name such as CVE-2024-3094');
  }
  return [...new Set(names)];
}
