import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { formatLicense, parseLicense } from '../../src/licenses/expression.ts';
import { compilePolicy } from '../../src/licenses/policy.ts';

/** `python3 -m venv ~/.cache/k8s-gate/test/license-expression-30.4.4`, then its `bin/pip install license-expression==30.4.4`. */
const python = path.join(homedir(), '.cache/k8s-gate/test/license-expression-30.4.4/bin/python');
const skipped = !existsSync(python);

const permitted = ['MIT', 'GPL-2.0-only WITH Classpath-exception-2.0', 'LGPL-2.1-only'];

/** By the implementation that ScanCode and REUSE use. Null: not an expression of ids that the SPDX list has. */
function oracle(expressions: readonly string[]): readonly (boolean | null)[] {
  const run = spawnSync(python, [path.join(import.meta.dirname, 'licenses.py')], {
    input: JSON.stringify({ permitted, expressions }),
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return z.array(z.boolean().nullable()).parse(JSON.parse(run.stdout));
}

/** What it is more lenient about is left out: an operator at the end, and two licenses without one. */
const term = fc.constantFrom(
  ...['MIT', 'mit', 'ISC', 'GPL-2.0-only', 'GPL-2.0+', 'GPL-2.0', 'LGPL-2.1', 'Apache-2.0', 'Zlib'],
  ...['GPL-2.0-only WITH Classpath-exception-2.0', 'GPL-2.0-only WITH GCC-exception-2.0', 'NoSuchLicense-1.0', 'MIT-'],
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'medium' },
    { arbitrary: term, weight: 2 },
    fc.tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression')).map((parts) => parts.join(' ')),
    tie('expression').map((inner) => `(${inner})`),
    {
      arbitrary: fc.tuple(tie('expression'), fc.constantFrom(')', ' WITH MIT')).map((parts) => parts.join('')),
      weight: 1,
    },
  ),
}));

describe.skipIf(skipped)(`licenses${skipped ? ' (skipped: no license-expression)' : ''}`, () => {
  const samples = [...new Set(fc.sample(expression, { numRuns: 6_000, seed: 49 }))].filter((text) => text.length < 900);

  it('are permitted in the same expressions as by license-expression, and unknown in the same texts', () => {
    const expected = oracle(samples);
    const evaluate = compilePolicy({ deny: [], allow: permitted, unknown: 'unknown' });
    const own = samples.map((text) => (parseLicense(text) === undefined ? null : evaluate([text]).result === 'allowed'));
    const different = samples.flatMap((text, index) =>
      own[index] === expected[index] ? [] : [`${text}: ${own[index]}, expected ${expected[index]}`],
    );
    expect(different).toEqual([]);
    expect(new Set(expected)).toEqual(new Set([true, false, null]));
  });

  it('keep their meaning for license-expression when they are formatted', () => {
    const valid = samples.filter((text) => parseLicense(text) !== undefined);
    const formatted = valid.map((text) => {
      const parsed = parseLicense(text);
      return parsed === undefined ? '' : formatLicense(parsed);
    });
    expect(oracle(formatted)).toEqual(oracle(valid));
    expect(valid.length).toBeGreaterThan(300);
  });
});
