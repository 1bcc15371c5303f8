import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import type { LicenseEntry } from '../model/license-policy.ts';
import { compileEntry } from './entry.ts';
import { formatLicense, licenseIds, parseLicense } from './expression.ts';
import { compilePolicy } from './policy.ts';

interface Lists {
  readonly deny?: readonly LicenseEntry[];
  readonly allow?: readonly LicenseEntry[];
}
const evaluate = ({ deny = [], ...rest }: Lists, ...stated: readonly string[]) =>
  compilePolicy({ deny, ...rest, unknown: 'unknown' })(stated).result;

describe('licenses', () => {
  const gpl: Lists = { deny: ['GPL-*', 'AGPL-3.0-only'] };
  const permissive: Lists = { allow: ['MIT', 'Apache-2.0'] };

  it.each<[string, Lists, readonly string[], string]>([
    ['a denied license', gpl, ['GPL-3.0-only'], 'denied'],
    ['its older name', gpl, ['GPL-2.0'], 'denied'],
    ['or later', gpl, ['GPL-2.0+'], 'denied'],
    ['in lower case', gpl, ['gpl-2.0-or-later'], 'denied'],
    ['a family that a glob does not name', gpl, ['LGPL-2.1-only'], 'allowed'],
    ['or later of a denied version', gpl, ['AGPL-3.0-or-later'], 'denied'],
    ['another version', gpl, ['AGPL-1.0-only'], 'allowed'],
    ['a choice', gpl, ['MIT OR GPL-3.0-only'], 'allowed'],
    ['a choice of denied ones', gpl, ['GPL-2.0-only OR GPL-3.0-only'], 'denied'],
    ['both', gpl, ['MIT AND GPL-3.0-only'], 'denied'],
    ['AND before OR', gpl, ['MIT OR ISC AND GPL-3.0-only'], 'allowed'],
    ['OR in parentheses', gpl, ['GPL-3.0-only AND (MIT OR ISC)'], 'denied'],
    ['several licenses, all of which apply', gpl, ['MIT', 'GPL-3.0-only'], 'denied'],
    ['with an exception', gpl, ['GPL-2.0-only WITH Classpath-exception-2.0'], 'denied'],
    ['with an exception in an older name', { deny: ['GPL-2.0-only'] }, ['GPL-2.0-with-classpath-exception'], 'denied'],
    [
      'an exception that is allowed',
      { ...gpl, allow: ['GPL-2.0-only WITH Classpath-exception-2.0'] },
      ['GPL-2.0 WITH Classpath-exception-2.0'],
      'allowed',
    ],
    [
      'another exception than the allowed one',
      { ...gpl, allow: ['GPL-2.0-only WITH Classpath-exception-2.0'] },
      ['GPL-2.0 WITH GCC-exception-2.0'],
      'denied',
    ],
    [
      'a denied exception in an older name',
      { deny: ['GPL-2.0-only WITH Classpath-exception-2.0'] },
      ['GPL-2.0-with-classpath-exception'],
      'denied',
    ],
    [
      'an allowed exception in an older name',
      { allow: ['GPL-3.0-only WITH GCC-exception-3.1'] },
      ['GPL-3.0-with-GCC-exception'],
      'allowed',
    ],
    ['a denied family in a name that does not contain it', gpl, ['eCos-2.0'], 'denied'],
    ['another such name', { deny: ['LGPL-*'] }, ['wxWindows'], 'denied'],
    ['an id that was renamed', { deny: ['SMLNJ'] }, ['StandardML-NJ'], 'denied'],
    ['NOASSERTION', permissive, ['NOASSERTION'], 'unknown'],
    ['NONE', permissive, ['NONE'], 'unknown'],
    ['NOASSERTION in addition to a denied one', gpl, ['NOASSERTION', 'GPL-2.0-only'], 'denied'],
    ['a license of another document', permissive, ['DocumentRef-a:LicenseRef-b'], 'unknown'],
    ['or later versions, denied', { deny: ['GPL-2.0-or-later'] }, ['GPL-3.0-only'], 'denied'],
    ['an earlier version than the denied ones', { deny: ['GPL-3.0-or-later'] }, ['GPL-2.0-or-later'], 'allowed'],
    ['or later versions, allowed', { allow: ['GPL-2.0-or-later'] }, ['GPL-3.0-only'], 'allowed'],
    ['no license that is allowed', permissive, ['ISC'], 'not-allowed'],
    ['an allowed license', permissive, ['Apache-2.0 WITH LLVM-exception'], 'allowed'],
    ['denied and allowed', { deny: ['MIT'], allow: ['MIT'] }, ['MIT'], 'denied'],
    ['a name', gpl, ['Apache License, Version 2.0'], 'unknown'],
    ['a name that looks permissive', permissive, ['MIT License'], 'unknown'],
    ['a name in addition to an allowed one', permissive, ['MIT', 'public-domain'], 'unknown'],
    ['a name in addition to a denied one', gpl, ['public-domain', 'GPL-3.0-only'], 'denied'],
    ['a name that is allowed', { allow: ['MIT', { name: 'public-domain' }] }, ['MIT', 'Public-Domain '], 'allowed'],
    ['a name that is denied', { deny: [{ name: 'UNLICENSED' }] }, ['UNLICENSED'], 'denied'],
    ['a reference', gpl, ['LicenseRef-own'], 'unknown'],
    ['a reference as a choice', { allow: ['MIT'] }, ['LicenseRef-own OR ISC'], 'unknown'],
    ['a reference that is allowed', { allow: ['LicenseRef-own'] }, ['LicenseRef-own'], 'allowed'],
    ['references that are denied', { deny: ['LicenseRef-*'] }, ['LicenseRef-own'], 'denied'],
    ['nothing', permissive, [], 'unknown'],
    ['nothing but space', gpl, [' '], 'unknown'],
    ['half an expression', gpl, ['MIT AND'], 'unknown'],
    ['a text of a license', gpl, [`text://${'MIT '.repeat(1_000)}`], 'unknown'],
    ['deep parentheses', gpl, [`${'('.repeat(450)}MIT${')'.repeat(450)}`], 'allowed'],
  ])('%s', (_what, lists, stated, result) => {
    expect(evaluate(lists, ...stated)).toBe(result);
  });

  it('are named, those that decide', () => {
    const policy = compilePolicy({ deny: ['GPL-*'], unknown: 'low' });
    expect(policy(['MIT AND GPL-2.0+', 'GPL-3.0-only', 'odd'])).toEqual({
      result: 'denied',
      because: ['GPL-2.0+', 'GPL-3.0-only'],
    });
  });

  const term = fc.constantFrom('MIT', 'ISC', 'GPL-2.0-only', 'GPL-3.0-or-later', 'LicenseRef-x', 'Zlib');
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small' },
      term,
      fc.tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    ),
  }));

  it('are allowed exactly if an alternative without any other license exists', () => {
    const good = ['MIT', 'GPL-2.0-only'];
    const holdsFor = (text: string): boolean => {
      const parsed = parseLicense(text);
      if (parsed === undefined) throw new Error(text);
      return new Function(
        `return ${formatLicense(parsed).replaceAll(/[\w.-]+/g, (word) => (word === 'AND' ? '&&' : word === 'OR' ? '||' : String(good.includes(word))))}`,
      )();
    };
    holds(
      fc.property(expression, (text) => void expect(evaluate({ allow: good }, text) === 'allowed').toBe(holdsFor(text))),
      300,
    );
  });

  it('keep their meaning when they are formatted', () => {
    holds(
      fc.property(expression, (text) => {
        const parsed = parseLicense(text);
        const formatted = parsed === undefined ? '' : formatLicense(parsed);
        for (const lists of [{ allow: ['MIT'] }, { deny: ['GPL-*'] }, { deny: ['ISC', 'LicenseRef-x'] }])
          expect(evaluate(lists, formatted)).toBe(evaluate(lists, text));
      }),
    );
  });

  it('that are any text are never allowed, unless they are an expression', () => {
    holds(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        if (texts.some((text) => parseLicense(text) === undefined && text.trim() !== ''))
          expect(evaluate({ allow: licenseIds }, ...texts)).toBe('unknown');
      }),
    );
  });
});

describe('an entry', () => {
  it.each([
    ['GPL3', '`GPL3` is not a license of the SPDX list; expected'],
    ['Apache2', '`Apache-2.0`'],
    ['MIT OR ISC', 'is an expression; expected one entry for each license'],
    ['GLP-*', 'matches no license of the SPDX list'],
    ['GPL-2.0-only WITH Clasp-exception', 'is not a license of the SPDX list'],
    ['public domain', 'or `name: …` for a text'],
    [{ name: 'MIT OR ISC' }, 'is an SPDX expression, not another text'],
  ])('that matches nothing is refused: %j', (entry, message) => {
    expect(() => compileEntry(entry)).toThrow(message);
  });

  it('may be any id of the list', () => {
    for (const id of licenseIds) expect(compileEntry(id).matches({ license: id })).toBe(true);
  });
});
