import { describe, expect, it } from 'vitest';
import { refusals } from './agreement.ts';
import { corpus } from './apiserver.ts';
import { buildGo } from './build.ts';
import { askKubeconform } from './kubeconform.ts';
import { mutations } from './mutations.ts';

const oracle = buildGo('kubeconform', 'what kubeconform refuses is not compared');

/** Fields that OpenAPI requires and the API server does not: src/engines/schema/optional.ts. Each is shown with the change that leaves it out. */
const isOptional = (what: string) => / = (?:undefined|null|\{\})$/.test(what);

describe.skipIf(oracle === undefined)('compared with kubeconform and the same schemas', () => {
  it('accepts the corpus, as kubeconform does', () => {
    expect(askKubeconform(oracle ?? '', corpus()).filter(({ valid }) => !valid)).toEqual([]);
  });

  it('refuses whatever kubeconform refuses, except for a missing field that the API server fills in, and more', () => {
    const cases = corpus().flatMap((object) => [...mutations(object)].filter((_mutation, index) => index % 5 === 2));
    const answers = askKubeconform(
      oracle ?? '',
      cases.map(({ object }) => object),
    );
    const refused = cases.map(({ object }) => refusals(object).length > 0);
    const only = cases.filter(({ what }, index) => answers[index]?.valid === false && !refused[index] && !isOptional(what));
    expect(only).toEqual([]);
    const theirs = answers.filter(({ valid }) => !valid).length;
    const ours = refused.filter(Boolean).length;
    console.log(`${cases.length} objects: kubeconform refuses ${theirs}, the engine ${ours}`);
    expect(theirs).toBeGreaterThan(300);
    expect(ours).toBeGreaterThan(theirs * 3);
  });
});
