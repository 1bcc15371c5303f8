import { GateError } from '../../model/gate-error.ts';
import type { JsonObject } from '../../model/json.ts';
import { apiOf, unserved } from './api.ts';
import type { Catalog } from './catalog.ts';
import { readCrd } from './crds.ts';
import { validateCustom } from './custom.ts';
import { validate } from './validate.ts';

const labels = { app: 'canary' };
const container = { name: 'canary', image: 'canary.invalid/canary:1', ports: [{ containerPort: 8080 }] };
const deployment = (replicas: number | string, pod: JsonObject, selector: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'canary', creationTimestamp: null },
  spec: { replicas, ...selector, template: { metadata: { labels }, spec: pod } },
});
const good = deployment(1, { containers: [container] }, { selector: { matchLabels: labels } });
const bad = deployment('one', { containers: [], contaners: [container] }, {});
const expected = ['wrong-type spec.replicas', 'unknown-field spec.template.spec.contaners', 'missing-field spec'];

const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'canary.invalid',
    names: { kind: 'Canary', plural: 'canaries' },
    versions: [
      {
        name: 'v1',
        served: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } } },
          },
        },
      },
    ],
  },
};
const customs: readonly (readonly [JsonObject, string])[] = [
  [{ spec: { size: 1 } }, ''],
  [{ spec: { size: 0, sise: 1 } }, 'invalid-value spec.size,unknown-field spec.sise'],
  [{}, 'missing-field '],
];

/** Validated in each run: objects with known faults, and valid ones. Throws ENGINE_COVERAGE. */
export function requireCanary(catalog: Catalog, minors: readonly number[]): void {
  const type = (minor: number) => catalog.typeOf('apps', 'v1', 'Deployment', minor);
  const schema = readCrd(definition)?.versions.get('v1')?.schema()?.root;
  const wrong = [
    ...minors.flatMap((minor) => {
      const known = type(minor);
      if (known === undefined) return [`no schema of Deployment for 1.${minor}`];
      const found = namesOf(validate(bad, known));
      return found === expected.join(',') && validate(good, known).length === 0
        ? []
        : [`the planted Deployment in 1.${minor}: ${found}`];
    }),
    ...(unserved(apiOf('apps/v1', 'Deploymnet'), minors[0] ?? 0)?.rule === 'unknown-kind' ? [] : ['the planted kind Deploymnet']),
    ...customs.flatMap(([object, answer]) => {
      const found = schema === undefined ? 'no schema' : namesOf(validateCustom(object, schema, false));
      return found === answer ? [] : [`the planted custom resource: ${found}`];
    }),
  ];
  if (wrong.length === 0) return;
  throw new GateError('ENGINE_COVERAGE', {
    message: `objects with known faults were validated wrongly: ${wrong.join('; ')}`,
    expected: 'each known fault to be found, and nothing else',
    next: 'Reinstall k8s-gate, and report this as a bug if that does not help: no manifest may pass without being validated.',
  });
}

function namesOf(problems: readonly { readonly rule: string; readonly path: readonly (string | number)[] }[]): string {
  return problems.map(({ rule, path }) => `${rule} ${path.join('.')}`).join(',');
}
