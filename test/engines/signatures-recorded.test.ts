import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OciRegistry } from '../support/oci-registry.ts';
import { answers, judgeSignatures } from '../support/signatures-bench.ts';
import { removeTempFolders } from '../support/temp-folders.ts';
import { optionsFor, readRecorded, startRecorded } from '../support/trust-cases.ts';

/** Recorded by signatures.live.test.ts with K8S_GATE_RECORD=1. */
const recorded = readRecorded();

/** When it was recorded, to the hour. */
const signedAt = new Date(recorded.signedAt);

describe(`signatures as cosign ${recorded.version} made and verified them`, () => {
  let registry: OciRegistry | undefined;
  beforeAll(async () => {
    registry = await startRecorded(recorded);
  });
  afterAll(async () => {
    await registry?.stop();
    removeTempFolders();
  });

  it.each(recorded.cases.map((one) => [one.name, one.accepted ? 'accepted' : 'refused', one] as const))(
    '%s: %s',
    async (_name, expected, one) => {
      const host = registry?.host ?? '';
      const run = await judgeSignatures({
        images: [`${host}/${one.repository}@${one.digest}`],
        options: optionsFor(one, host, recorded.keys),
        files: { 'root.json': recorded.root },
      });
      const found = answers(run);
      expect(found.length === 0 ? 'accepted' : 'refused').toBe(expected);
      expect(found.filter((rule) => rule.startsWith('error'))).toEqual([]);
    },
  );

  it.each<[string, string, object, readonly string[]]>([
    ['within their maximum age', '+1d', { maxAge: '30d' }, []],
    ['older than that', '+31d', { maxAge: '30d' }, ['too-old']],
    ['by a clock that is slow', '-1d', {}, ['error ENGINE_FAILED']],
  ])('are judged by their age: %s', async (_what, offset, more, expected) => {
    const [one] = recorded.cases.filter(({ name }) => name === 'identity-bundle, by identity');
    if (one === undefined) throw new Error('the case was not recorded');
    const host = registry?.host ?? '';
    const { rules } = optionsFor(one, host, recorded.keys);
    const days = Number(offset.replace('d', ''));
    const run = await judgeSignatures({
      images: [`${host}/${one.repository}@${one.digest}`],
      options: { rules: rules.map((rule) => ({ ...rule, ...more })) },
      files: { 'root.json': recorded.root },
      now: new Date(signedAt.getTime() + days * 86_400_000),
    });
    expect(answers(run)).toEqual(expected);
  });

  it('are more than sixty, of each answer', () => {
    const accepted = recorded.cases.filter((one) => one.accepted).length;
    expect([accepted > 30, recorded.cases.length - accepted > 30]).toEqual([true, true]);
  });
});
