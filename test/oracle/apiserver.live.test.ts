import { describe, expect, it } from 'vitest';
import { randomFrom } from '../agreement/random.ts';
import { isNear, left, reasonFor, refusals } from './agreement.ts';
import { askApiServer, corpus } from './apiserver.ts';
import { buildGo } from './build.ts';
import { crdSchemas, crdWith } from './crd-schemas.ts';
import { mutations } from './mutations.ts';

const oracle = buildGo('apiserver', 'what an API server refuses is not compared');
const { APISERVER_SEED: seed, APISERVER_OBJECTS: count } = process.env;

/** Objects by a seed: from each kind as many as from another. */
function sample(most: number) {
  const random = randomFrom(Number(seed ?? 36));
  const byObject = corpus().map((object) => [...mutations(object)]);
  return Array.from({ length: most }, () => random.pick(random.pick(byObject)));
}

describe.skipIf(oracle === undefined)("compared with the API server's own code", () => {
  it('accepts every object of the corpus, as the API server does', () => {
    const objects = corpus();
    const answers = askApiServer(oracle ?? '', objects);
    expect(answers.filter(({ accepted }) => !accepted)).toEqual([]);
    expect(objects.flatMap((object) => refusals(object))).toEqual([]);
  });

  it('refuses the same schemas of CustomResourceDefinitions', () => {
    const answers = askApiServer(oracle ?? '', crdSchemas.map(crdWith));
    const ours = crdSchemas.map((schema) => refusals(crdWith(schema)).length === 0);
    expect(crdSchemas.filter((_schema, index) => answers[index]?.accepted !== ours[index])).toEqual([]);
    expect(new Set(ours).size).toBe(2);
  });

  it('refuses what it refuses, and nothing else, except for known reasons', () => {
    const cases = sample(Number(count ?? 4_000));
    const answers = askApiServer(
      oracle ?? '',
      cases.map(({ object }) => object),
    );
    const counts = new Map<string, number>();
    const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
    const wrong: string[] = [];
    const far: string[] = [];
    for (const [index, { object, what }] of cases.entries()) {
      const answer = answers[index] ?? { accepted: true, errors: [] };
      const found = refusals(object);
      if (answer.accepted && found.length === 0) add('both accept');
      else if (!answer.accepted && found.length > 0) {
        add('both refuse');
        if (
          !isNear(
            found.map(({ path }) => path),
            answer,
          )
        )
          far.push(`${String(object.kind)} ${what}: ${JSON.stringify([found, answer.errors]).slice(0, 400)}`);
      } else {
        const reason = answer.accepted ? undefined : reasonFor(answer);
        if (reason === undefined)
          wrong.push(`${String(object.kind)} ${what}: ${JSON.stringify(answer.accepted ? found : answer.errors).slice(0, 400)}`);
        else add(reason);
      }
    }
    console.log(`${cases.length} objects\n${[...counts].map(([key, times]) => `${times}  ${key}`).join('\n')}`);
    expect(wrong).toEqual([]);
    expect([...counts.keys()].filter((key) => !key.startsWith('both') && !left.has(key))).toEqual([]);
    expect(far).toEqual([]);
    // The sample has enough of both.
    expect(Math.min(counts.get('both accept') ?? 0, counts.get('both refuse') ?? 0)).toBeGreaterThan(cases.length / 4);
  });
});
