import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { evaluate, loadPack } from './evaluate.ts';
import { eachOffender, reductionsOf } from './offenders.ts';

const latest = "object.spec.containers.filter(c, c.image.endsWith(':latest'))";
const doubled = 'object.spec.containers.filter(c, object.spec.containers.filter(d, d.image == c.image).size() > 1)';
const images = (count: number, image: (index: number) => string) => Array.from({ length: count }, (_, index) => image(index));
const go = () => Promise.resolve();

async function results(bad: string, all: readonly string[], turn = go) {
  const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: named }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }
  variables:
    - name: bad
      expression: ${bad}
  validations:
    - expression: variables.bad.size() == 0
      messageExpression: "'spec.containers[name=' + variables.bad[0].name + '].image: not this one'"
`;
  const [policy] = loadPack([{ path: 'policies/named.yaml', text }]);
  if (policy === undefined) throw new Error('the policy did not load');
  const containers = all.map((image, index) => ({ name: `c${index}`, image }));
  const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' }, spec: { containers } };
  const failed = evaluate(policy, object).filter((result) => result.status === 'fail');
  return (await Promise.all(failed.map((result) => eachOffender(policy, result, reductionsOf(object, {}), turn)))).flat();
}

async function offenders(...all: readonly string[]) {
  return (await results(latest, all)).map((result) => result.path);
}

describe('eachOffender', () => {
  it('names each item that fails, by its index in the whole list', async () => {
    expect(await offenders('a:1', 'b:latest', 'c:1', 'd:latest', 'e:latest')).toEqual([
      ['spec', 'containers', 1, 'image'],
      ['spec', 'containers', 3, 'image'],
      ['spec', 'containers', 4, 'image'],
    ]);
  });

  it('names one item if one fails', async () => {
    expect(await offenders('a:latest')).toEqual([['spec', 'containers', 0, 'image']]);
    expect(await offenders('a:1', 'b:latest')).toEqual([['spec', 'containers', 1, 'image']]);
  });

  it('names no item if all pass', async () => {
    expect(await offenders('a:1', 'b:2')).toEqual([]);
  });

  // With the square of its length in steps this would cost 125 million, which is an error.
  it('names all 5,000 items of a long list without reading the list for each', async () => {
    const found = await results(
      latest,
      images(5_000, () => 'a:latest'),
    );
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['fail']));
    expect(found.map(({ path }) => path[2])).toEqual(images(5_000, String).map(Number));
  });

  it('evaluates the whole of a long list, for items that fail only among others', async () => {
    const all = images(300, (index) => (index % 100 === 0 ? 'same' : `image-${index}`));
    expect((await results(doubled, all)).map(({ path }) => path[2])).toEqual([0, 100]);
  });

  it('ends with an error if naming them all costs too much', async () => {
    const all = images(300, (index) => `image-${index % 150}`);
    const found = await results(doubled, all);
    expect(found.at(0)?.status).toBe('fail');
    expect(found.at(-1)).toMatchObject({ status: 'error', tooCostly: true, message: expect.stringContaining('costs more than') });
  });

  it('stops if the run has to stop', async () => {
    const turn = () => Promise.reject(new Error('stop'));
    await expect(results(latest, ['a:latest', 'b:latest'], turn)).rejects.toThrow('stop');
  });
});
