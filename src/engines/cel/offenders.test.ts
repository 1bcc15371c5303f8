import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { evaluate, loadPack } from './evaluate.ts';
import { eachOffender } from './offenders.ts';

const [policy] = loadPack([
  {
    path: 'policies/named.yaml',
    text: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: named }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }
  variables:
    - name: bad
      expression: object.spec.containers.filter(c, c.image.endsWith(':latest'))
  validations:
    - expression: variables.bad.size() == 0
      messageExpression: "'spec.containers[name=' + variables.bad[0].name + '].image: no latest'"
`,
  },
]);

function offenders(...images: readonly string[]) {
  if (policy === undefined) throw new Error('the policy did not load');
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' }, spec: { containers } };
  const results = evaluate(policy, object).filter((result) => result.status === 'fail');
  return results.flatMap((result) => eachOffender(policy, result, object, {})).map((result) => result.path);
}

describe('eachOffender', () => {
  it('names each item that fails, by its place in the whole list', () => {
    expect(offenders('a:1', 'b:latest', 'c:1', 'd:latest', 'e:latest')).toEqual([
      ['spec', 'containers', 1, 'image'],
      ['spec', 'containers', 3, 'image'],
      ['spec', 'containers', 4, 'image'],
    ]);
  });

  it('is the one where there is one', () => {
    expect(offenders('a:latest')).toEqual([['spec', 'containers', 0, 'image']]);
    expect(offenders('a:1', 'b:latest')).toEqual([['spec', 'containers', 1, 'image']]);
  });

  it('is nobody where all pass', () => {
    expect(offenders('a:1', 'b:2')).toEqual([]);
  });
});
