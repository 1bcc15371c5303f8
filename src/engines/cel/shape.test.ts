import { describe, expect, it } from 'vitest';
import { manifestSet, resource } from '../../../test/support/model.ts';
import { nodePorts } from '../../../test/support/node-ports.ts';
import { plainCanonicalizer } from '../../../test/support/plain-canonicalizer.ts';
import type { JsonObject } from '../../model/json.ts';
import { createResults } from '../results.ts';
import { contentOf } from '../reuse.ts';
import { withinBudget } from './budget.ts';
import { celEngine } from './engine.ts';
import { answer, type CelPolicy, loadPack } from './evaluate.ts';
import { celOptionsSchema } from './options.ts';
import { questionAbout } from './question.ts';

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

function counting(text: string, count: (name: string) => void): CelPolicy {
  const [loaded] = loadPack([{ path: 'p.yaml', text }]);
  if (loaded === undefined) throw new Error('no policy');
  const variables = [...loaded.variables].map(([name, program]): [string, typeof program] => [
    name,
    {
      ...program,
      run: (values) => {
        count(name);
        return program.run(values);
      },
    },
  ]);
  return { ...loaded, variables: new Map(variables) };
}

describe('what judging one object costs', () => {
  it('evaluates a variable once for all policies that have it, each of which pays for it', () => {
    const ran: string[] = [];
    const [first, second] = ['one', 'two'].map((name) => counting(policy(name), (variable) => ran.push(variable)));
    if (first === undefined || second === undefined) throw new Error('no policies');
    const question = questionAbout(pod, {});
    const spent = [first, second].map((asked) => withinBudget(() => answer(asked, question)));
    expect(spent.map(({ value }) => value.map(({ status, message }) => [status, message]))).toEqual([
      [['fail', 'one']],
      [['fail', 'two']],
    ]);
    expect(ran).toEqual(['long', 'all']);
    expect(spent[1]?.spent).toBe(spent[0]?.spent);
    answer(first, questionAbout({ ...pod, spec: { containers: [] } }, {}));
    expect(ran).toEqual(['long', 'all', 'long', 'all']);
  });

  it('reads nothing of an object that no policy is about', async () => {
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
    expect(result.status === 'completed' && result.coverage.map(({ status }) => status)).toEqual([
      'not-applicable',
      'evaluated',
      'not-applicable',
    ]);
    expect(read).toBe(0);
  });
});
