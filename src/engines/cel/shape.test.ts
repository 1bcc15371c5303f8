import { describe, expect, it } from 'vitest';
import { manifestSet, resource } from '../../../test/support/model.ts';
import { nodePorts } from '../../../test/support/node-ports.ts';
import { plainCanonicalizer } from '../../../test/support/plain-canonicalizer.ts';
import type { JsonObject } from '../../model/json.ts';
import { createResults } from '../results.ts';
import { contentOf } from '../reuse.ts';
import { admissionOf } from './admission.ts';
import { Budget } from './budget.ts';
import { celEngine } from './engine.ts';
import { answer, type CelPolicy, loadPack } from './evaluate.ts';
import { celOptionsSchema } from './options.ts';

const policy = (name: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: ${name} }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
  variables:
    - { name: all, expression: 'object.spec.containers.map(c, c.name)' }
    - { name: long, expression: 'variables.all.filter(n, n.size() > 2)' }
  validations: [{ expression: 'variables.long.size() == 0', message: ${name} }]
`;
const pod: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'web' }] } };

/** The policies of one pack, whose variables are counted when they are evaluated. */
function counting(texts: readonly string[], count: (name: string) => void): readonly CelPolicy[] {
  return loadPack(texts.map((text, index) => ({ path: `p${index}.yaml`, text }))).map((policy) => ({
    ...policy,
    variables: new Map(
      [...policy.variables].map(([name, { program, key }]) => [
        name,
        {
          key,
          program: {
            ...program,
            run: (values, budget) => {
              count(name);
              return program.run(values, budget);
            },
          },
        },
      ]),
    ),
  }));
}

describe('the cost of one object', () => {
  it('evaluates a variable once for all policies that have it, and charges it to each of them', () => {
    const ran: string[] = [];
    const policies = counting([policy('one'), policy('two')], (variable) => ran.push(variable));
    const admission = admissionOf(pod, {});
    const runs = policies.map((asked) => {
      const budget = new Budget();
      const results = answer(asked, admission, budget);
      return { results: results.map(({ status, message }) => `${status} ${message}`), spent: budget.spent };
    });
    expect(runs.map(({ results }) => results)).toEqual([['fail one'], ['fail two']]);
    expect(ran).toEqual(['long', 'all']);
    expect(runs[1]?.spent).toBe(runs[0]?.spent);
    const other = admissionOf({ ...pod, spec: { containers: [] } }, {});
    for (const asked of policies) answer(asked, other);
    expect(ran).toEqual(['long', 'all', 'long', 'all']);
  });

  it('charges a policy for a variable once, however often and through whichever variables it is read', () => {
    const variables = `
    - { name: slow, expression: 'object.spec.containers.map(c, object.spec.containers.map(d, d.name))' }
    - { name: a, expression: 'variables.slow.size()' }
    - { name: b, expression: 'variables.slow.size() + variables.a' }`;
    const text = (name: string, expression: string) =>
      policy(name)
        .replace(/ {2}variables:[\s\S]*?(?= {2}validations)/, `  variables:${variables}\n`)
        .replace(/expression: 'variables.long.*?'/, `expression: '${expression}'`);
    const spent = (...expressions: readonly string[]) => {
      const admission = admissionOf(pod, {});
      return loadPack(expressions.map((expression, index) => ({ path: `${index}`, text: text(`p${index}`, expression) }))).map(
        (one) => {
          const budget = new Budget();
          answer(one, admission, budget);
          return budget.spent;
        },
      );
    };
    const reads = ['variables.a > 0', 'variables.b > 0', 'variables.b > variables.a', 'variables.slow.size() > variables.b'];
    const alone = reads.map((expression) => spent(expression)[0]);
    expect(spent(...reads)).toEqual(alone);
    expect(spent(...reads.toReversed())).toEqual(alone.toReversed());
  });

  it('stops variables that read each other at the budget of one policy', () => {
    const containers = Array.from({ length: 130 }, (_, index) => ({ name: `c${index}` }));
    const loops = 'object.spec.containers.all(a, object.spec.containers.all(b, object.spec.containers.all(c, a.name != "")))';
    const variables = Array.from(
      { length: 20 },
      (_, index) => `
    - { name: v${index}, expression: '(${loops} && ${index === 0} || true)${index === 0 ? '' : ` && variables.v${index - 1}`}' }`,
    );
    const text = policy('bomb')
      .replace(/ {2}variables:[\s\S]*?(?= {2}validations)/, `  variables:${variables.join('')}\n`)
      .replace(/expression: 'variables.long.*?'/, "expression: 'variables.v19'");
    let evaluated = 0;
    const [bomb] = counting([text], () => {
      evaluated += 1;
    });
    if (bomb === undefined) throw new Error('no policy');
    expect(answer(bomb, admissionOf({ ...pod, spec: { containers } }, {}))).toMatchObject([{ status: 'error', tooCostly: true }]);
    expect(evaluated).toBeLessThan(4);
  });

  it('reads nothing of an object that no policy matches', async () => {
    let read = 0;
    const service: JsonObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      get spec(): JsonObject {
        read += 1;
        return {};
      },
    };
    const objects = [service, pod, service];
    const resources = objects.map((object, index) => resource({ uid: `obj-${index}`, kind: String(object.kind), object }));
    // The key of its result takes reading a whole resource, once.
    resources.map(contentOf);
    read = 0;
    const result = await celEngine.run({
      set: manifestSet({
        resources,
        policies: [{ file: 'p.yaml', language: 'cel', text: policy('one') }],
      }),
      options: celOptionsSchema.parse({ pack: false }),
      mode: 'strict',
      ports: nodePorts,
      tool: undefined,
      workspace: '/',
      trusted: '/',
      workdir: '/',
      gateRoot: '/',
      cacheDir: '/',
      timeoutMs: 60_000,
      concurrency: 2,
      signal: new AbortController().signal,
      progress: () => {},
      canonical: plainCanonicalizer,
      results: createResults(),
      namedRegistries: () => Promise.resolve([]),
    });
    expect(result.coverage.map(({ status }) => status)).toEqual(['not-applicable', 'evaluated', 'not-applicable']);
    expect(read).toBe(0);
  });
});
