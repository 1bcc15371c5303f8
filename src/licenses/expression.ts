import parse, { type Expression, type Term } from 'spdx-expression-parse';
import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import current from 'spdx-license-ids/index.json' with { type: 'json' };
import { attempt } from '../model/attempt.ts';

export type LicenseTerm = Term;
export type LicenseExpression = Expression;

/** Ids of the SPDX license list, also those that it deprecates. */
export const licenseIds: readonly string[] = [...current, ...deprecated];

/** Real expressions have some dozen characters; the parser is recursive. */
const longest = 1_000;
const byLowerCase = new Map(licenseIds.map((id) => [id.toLowerCase(), id]));

/**
 * An SPDX license expression; undefined for any other text, such as the name of a license, or an id that the list does not have.
 * Ids are compared without case: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
export function parseLicense(text: string): LicenseExpression | undefined {
  if (text.length > longest) return undefined;
  return attempt(() => parse(text.trim().replace(/[A-Za-z0-9.-]+/g, (word) => byLowerCase.get(word.toLowerCase()) ?? word)));
}

/** In the notation of the specification: `(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0`. */
export function formatLicense(expression: LicenseExpression): string {
  if (!('conjunction' in expression)) return formatTerm(expression);
  const { left, conjunction, right } = expression;
  const part = (inner: LicenseExpression): string =>
    conjunction === 'and' && 'conjunction' in inner && inner.conjunction === 'or'
      ? `(${formatLicense(inner)})`
      : formatLicense(inner);
  return `${part(left)} ${conjunction.toUpperCase()} ${part(right)}`;
}

export function formatTerm({ license, plus, exception }: LicenseTerm): string {
  return `${license}${plus ? '+' : ''}${exception === undefined ? '' : ` WITH ${exception}`}`;
}
