import { matchesGlob } from '../model/glob.ts';
import type { LicenseEntry } from '../model/license-policy.ts';
import { nearest } from '../model/nearest.ts';
import { type LicenseTerm, licenseIds, parseLicense } from './expression.ts';

/** A license as it is compared: a family with the version that the term names, whether or not later ones are permitted as well. */
interface Comparable {
  readonly id: string;
  readonly family: string;
  readonly version?: readonly number[];
  readonly orLater: boolean;
  readonly exception?: string;
}

/** Which licenses an entry of the configuration is about. */
export interface CompiledEntry {
  readonly hasException: boolean;
  matches(term: LicenseTerm): boolean;
  /** For a license that is not an SPDX expression. */
  matchesText(text: string): boolean;
}

/** Throws a RangeError with the reason, and what was expected, for an entry that matches nothing. */
export function compileEntry(entry: LicenseEntry): CompiledEntry {
  if (typeof entry !== 'string') return compileName(entry.name);
  if (/[*?]/.test(entry)) return compileGlob(entry);
  const parsed = parseLicense(entry);
  if (parsed === undefined) throw new RangeError(`\`${entry}\` is not a license of the SPDX list; expected ${suggestion(entry)}`);
  if ('conjunction' in parsed) throw new RangeError(`\`${entry}\` is an expression; expected one entry for each license`);
  const own = comparable(parsed);
  return {
    hasException: own.exception !== undefined,
    matches: (term) => covers(own, comparable(term)),
    matchesText: () => false,
  };
}

function compileName(name: string): CompiledEntry {
  if (parseLicense(name) !== undefined)
    throw new RangeError(`\`name: ${name}\` is an SPDX expression, not another text; expected \`${name}\` without \`name\``);
  const wanted = plainText(name);
  return { hasException: false, matches: () => false, matchesText: (text) => plainText(text) === wanted };
}

function compileGlob(glob: string): CompiledEntry {
  const pattern = glob.toLowerCase();
  const isMatch = (id: string) => matchesGlob(pattern, id.toLowerCase());
  if (!licenseIds.some(isMatch) && !pattern.startsWith('licenseref-'))
    throw new RangeError(`\`${glob}\` matches no license of the SPDX list; expected for example \`AGPL-*\``);
  return {
    hasException: false,
    matches: (term) => isMatch(term.license) || isMatch(comparable(term).id),
    matchesText: () => false,
  };
}

function suggestion(entry: string): string {
  const near = nearest(entry, licenseIds);
  return near === undefined ? 'an id such as `GPL-3.0-only`, or `name: …` for a text that packages state' : `\`${near}\``;
}

/** What the SPDX list names instead of ids that it deprecates: https://spdx.org/licenses/#deprecated. Others have no equivalent. */
const replacements: ReadonlyMap<string, LicenseTerm> = new Map([
  ['GPL-2.0-with-autoconf-exception', { license: 'GPL-2.0-only', exception: 'Autoconf-exception-2.0' }],
  ['GPL-2.0-with-bison-exception', { license: 'GPL-2.0-only', exception: 'Bison-exception-2.2' }],
  ['GPL-2.0-with-classpath-exception', { license: 'GPL-2.0-only', exception: 'Classpath-exception-2.0' }],
  ['GPL-2.0-with-font-exception', { license: 'GPL-2.0-only', exception: 'Font-exception-2.0' }],
  ['GPL-2.0-with-GCC-exception', { license: 'GPL-2.0-only', exception: 'GCC-exception-2.0' }],
  ['GPL-3.0-with-autoconf-exception', { license: 'GPL-3.0-only', exception: 'Autoconf-exception-3.0' }],
  ['GPL-3.0-with-GCC-exception', { license: 'GPL-3.0-only', exception: 'GCC-exception-3.1' }],
  ['eCos-2.0', { license: 'GPL-2.0-or-later', exception: 'eCos-exception-2.0' }],
  ['wxWindows', { license: 'LGPL-2.0-or-later', exception: 'WxWindows-exception-3.1' }],
  ['BSD-2-Clause-NetBSD', { license: 'BSD-2-Clause' }],
  ['StandardML-NJ', { license: 'SMLNJ' }],
]);

/** `GPL-2.0` and `GPL-2.0+` are the older names of `GPL-2.0-only` and `GPL-2.0-or-later`. */
function comparable({ license, plus, exception }: LicenseTerm): Comparable {
  const current = replacements.get(license);
  if (current !== undefined)
    return comparable({ ...current, ...(plus && { plus }), ...(exception !== undefined && { exception }) });
  const [, family, version, suffix] = /^(.+)-(\d+(?:\.\d+)*)(-only|-or-later)?$/.exec(license) ?? [];
  const orLater = plus === true || suffix === '-or-later';
  const isGnu = /^[AL]?GPL$|^GFDL$/.test(family ?? '');
  return {
    id: isGnu ? `${family}-${version}${orLater ? '-or-later' : '-only'}` : license,
    family: family ?? license,
    ...(version !== undefined && { version: version.split('.').map(Number) }),
    orLater,
    ...(exception !== undefined && { exception }),
  };
}

/** An entry without an exception is about the license with any. */
function covers(entry: Comparable, term: Comparable): boolean {
  if (entry.family !== term.family) return false;
  if (entry.exception !== undefined && entry.exception !== term.exception) return false;
  const order = compareVersions(term.version ?? [], entry.version ?? []);
  return entry.orLater ? order >= 0 : order === 0;
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function plainText(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}
