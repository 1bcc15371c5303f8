import { describe, expect, it } from 'vitest';
import { policy } from '../../../test/support/policy-bench.ts';
import { areasOf, changedAreas } from './areas.ts';
import { readDocuments } from './documents.ts';
import { planCopies } from './policy-copies.ts';

const service = 'match: {any: [{resources: {kinds: [Service]}}]}';

function areas(rule: string): readonly string[] | undefined {
  const text = `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec: {rules: [{name: r, ${rule}}]}`;
  const [copy] = planCopies(readDocuments([policy('kyverno', text)])).copies;
  const found = copy && areasOf(copy);
  return found && [...found].toSorted();
}

describe('what a mutating rule can look at', () => {
  it.each([
    [`${service}, mutate: {patchStrategicMerge: {metadata: {labels: {+(a): b}}}}`, ['metadata']],
    [
      `${service}, mutate: {patchStrategicMerge: {spec: {(type): LoadBalancer}, metadata: {labels: {a: b}}}}`,
      ['metadata', 'spec'],
    ],
    [
      'match: {any: [{resources: {kinds: [Service], selector: {matchLabels: {a: b}}}}]}, mutate: {patchStrategicMerge: {spec: {a: 1}}}',
      ['metadata', 'spec'],
    ],
    [
      'match: {any: [{resources: {kinds: [v1/Pod]}}]}, mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}}}',
      ['metadata', 'spec'],
    ],
    [
      'match: {all: [{resources: {kinds: ["*"]}}]}, mutate: {patchStrategicMerge: {metadata: {labels: {a: b}}}}',
      ['metadata', 'spec'],
    ],
    [
      `${service}, exclude: {any: [{resources: {annotations: {a: b}}}]}, mutate: {patchStrategicMerge: {spec: {a: 1}}}`,
      ['metadata', 'spec'],
    ],
  ])('is its own areas: %s', (rule, expected) => expect(areas(rule)).toEqual(expected));

  it.each([
    `${service}, mutate: {patchesJson6902: "[{op: add, path: /spec/a, value: 1}]"}`,
    `${service}, mutate: {foreach: [{list: request.object.spec.ports, patchStrategicMerge: {spec: {a: 1}}}]}`,
    `${service}, preconditions: {all: [{key: a, operator: Equals, value: b}]}, mutate: {patchStrategicMerge: {spec: {a: 1}}}`,
    `${service}, mutate: {patchStrategicMerge: {spec: {a: "{{ request.object.metadata.name }}"}}}`,
    `${service}, mutate: {patchStrategicMerge: {spec: {a: "$(./../b)"}}}`,
    `${service}, mutate: {patchStrategicMerge: {(kind): Service, spec: {a: 1}}}`,
    `${service}, mutate: {patchStrategicMerge: {}}`,
    `${service}, validate: {message: no, deny: {}}`,
  ])('is anything: %s', (rule) => expect(areas(rule)).toBeUndefined());

  it('is the first step of what a patch changes', () => {
    expect(
      changedAreas([
        { op: 'add', path: '/metadata/labels/a', value: 'b' },
        { op: 'replace', path: '', value: {} },
      ]),
    ).toEqual(['metadata', '']);
  });
});
