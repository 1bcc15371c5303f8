import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Place } from './admission.ts';
import { evaluate, loadPack } from './evaluate.ts';

/** A policy about Deployments with one expression. */
function policyText(expression: string, more = ''): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: p
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
${more}  validations:
    - expression: ${JSON.stringify(expression)}
      message: refused
`;
}

const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    replicas: 3,
    strategy: null,
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'registry.example/a:1', resources: { limits: { memory: '512Mi', cpu: '1500m' } } },
          { name: 'b', image: 'b', securityContext: { runAsNonRoot: true } },
        ],
      },
    },
  },
};

function ask(expression: string, more = '', context: Place = {}, object: JsonObject = deployment) {
  return loadPack([{ path: 'p.yaml', text: policyText(expression, more) }]).flatMap((policy) =>
    evaluate(policy, object, context),
  );
}
function status(expression: string, more = '', context: Place = {}, object: JsonObject = deployment) {
  return ask(expression, more, context, object)[0]?.status;
}
const containers = 'object.spec.template.spec.containers';

describe('the result of an expression', () => {
  it.each([
    ['object.spec.replicas >= 2'],
    ['object.spec.replicas == 3 && object.metadata.namespace == "shop"'],
    ['!has(object.spec.paused)'],
    ['!has(object.spec.template.spec.securityContext)'],
    [`has(${containers}[1].securityContext)`],
    ['object.?spec.?template.?spec.?nodeSelector.orValue({}).size() == 0'],
    ['object.metadata.?labels[?"app"].orValue("") == "web"'],
    [`quantity(${containers}[0].resources.limits.memory).compareTo(quantity("1Gi")) < 0`],
    [`quantity(${containers}[0].resources.limits.cpu).isGreaterThan(quantity("1"))`],
    [`${containers}.exists(c, c.image.matches("^registry\\\\.example/"))`],
    [`${containers}.map(c, c.name).join(",") == "a,b"`],
    ['"%s has %d".format([object.metadata.name, object.spec.replicas]) == "web has 3"'],
    ['[1, 2, 3].isSorted() && [1, 2].sum() == 3 && [3, 1].min() == 1 && ["a", "b"].indexOf("b") == 1'],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3") && ip("::1").isLoopback() && !isIP("10.0.0.256")'],
    ['url("https://a.example:8443/x").getPort() == "8443"'],
    ['"A-b".lowerAscii().replace("-", "") == "ab" && "a b".split(" ").size() == 2'],
    ['"has(x) matches(y) .?z" == "has(x) " + "matches(y) .?z"'],
    ['request.operation == "CREATE" && request.resource.resource == "deployments" && oldObject == null'],
    [`${containers}[?0].name.orValue("") == "a" && !${containers}[?7].hasValue()`],
    ['object.metadata[?"labels"][?"x/y"].orValue("none") == "none" && [1, [2][0]].size() == 2'],
    ['int("12") == 12 && int(3.7) == 3 && type(object.spec.replicas) == int'],
    ['sets.contains(["a", "b"], ["a"])'],
    ['object.?spec.?replicas.optMap(r, r > 1).orValue(false) && !object.?nope.optMap(s, true).hasValue()'],
    ['object.?spec.optFlatMap(s, s.?replicas).orValue(0) == 3 && object.?spec.?replicas == optional.of(3)'],
    ['"1.5Gi 1.0 2k".split(" ").map(q, quantity(q).isInteger()) == [false, false, true] && sign(quantity("-1m")) == -1'],
    ['quantity("1k").add(5).asInteger() == 1005 && !quantity("500m").add(quantity("1500m")).isInteger()'],
  ])('passes %s', (expression) => {
    expect(ask(expression)).toMatchObject([{ status: 'pass' }]);
  });

  it('fails with the message of the policy', () => {
    expect(ask('object.spec.replicas > 5')).toMatchObject([{ status: 'fail', message: 'refused', validation: 0 }]);
  });

  it.each([
    ['object.spec.nope == 1', 'No such key'],
    [`${containers}.all(c, c.securityContext.runAsNonRoot)`, 'No such key'],
    [`has(${containers}.name)`, 'a list'],
    [`${containers}.?name.orValue("") == ""`, 'a list'],
    ['has(object.metadata.name.x)', 'a string'],
    [`${containers}[?"name"].orValue("") == ""`, 'a list'],
    ['int(object.metadata.name) == 0', 'not an integer'],
    ['object.metadata.name.matches("(?=" + object.metadata.name)', 'RE2'],
    ['quantity("lots").isInteger()', 'not a quantity'],
    ['object.spec.replicas.matches("3")', 'overload'],
  ])('never passes %s', (expression, reason) => {
    const [result] = ask(expression);
    expect(result?.status).toBe('error');
    expect(result?.message).toContain(reason);
  });

  it.each([
    ['authorizer.group("apps").resource("deployments").check("create").allowed()'],
    ['request.userInfo.username == "admin"'],
    ['namespaceObject.metadata.labels.tier == "prod"'],
  ])('is indeterminate for %s', (expression) => {
    expect(status(expression)).toBe('indeterminate');
  });

  it('reads a namespace that is deployed with the object', () => {
    const namespaces = new Map([
      ['shop', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { tier: 'prod' } } }],
    ]);
    expect(status('namespaceObject.metadata.labels.tier == "prod"', '', { namespaces })).toBe('pass');
    expect(status('namespaceObject.metadata.labels["kubernetes.io/metadata.name"] == "shop"', '', { namespaces })).toBe('pass');
  });
});

describe('variables and conditions', () => {
  const variables = `  variables:
    - { name: pod, expression: object.spec.template.spec }
    - { name: names, expression: "variables.pod.containers.map(c, c.name)" }
    - { name: broken, expression: object.nope }
`;
  it('composes variables and evaluates only those that are read', () => {
    expect(status('variables.names == ["a", "b"]', variables)).toBe('pass');
    expect(status('variables.broken == 1', variables)).toBe('error');
  });

  it('skips objects that a match condition excludes, and never passes if a condition fails', () => {
    const condition = (text: string) => `  matchConditions:\n    - { name: c, expression: '${text}' }\n`;
    expect(status('false', condition('object.spec.replicas > 5'))).toBe('not-matched');
    expect(status('true', condition('object.spec.nope > 5'))).toBe('error');
    expect(status('true', condition('request.userInfo.username == "x"'))).toBe('indeterminate');
  });
});

describe('an invalid policy', () => {
  it.each([
    ['object.spec.replicas >'],
    ['object.frobnicate()'],
    ['variables.nowhere == 1'],
    ['unknownThing == 1'],
    ['has(object)'],
    ['object.metadata.name'],
    ['int("") == 0'],
    ['object.metadata.name.matches("(?=a)")'],
    ['[1, "a"].size() == 2'],
    ['cel.bind(x, 1, x == 1)'],
    ['math.greatest(1, 2) == 2'],
    ['request.uid == "a"'],
    ['params.x == 1'],
    ['authorizer.frobnicate()'],
    ['true == 1 < 2'],
  ])('is rejected with its place: %s', (expression) => {
    expect(() => ask(expression)).toThrow(/^p\.yaml:10: /);
  });

  it('rejects an unknown field, a binding without its policy and a duplicate name', () => {
    expect(() => ask('true', '  surprise: 1\n')).toThrow(/surprise/);
    const text = policyText('true');
    expect(() => loadPack([{ path: 'p.yaml', text: `${text}---\n${text}` }])).toThrow(/two policies named p/);
    const binding =
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: { name: b }\nspec: { policyName: q, validationActions: [Deny] }\n';
    expect(() => loadPack([{ path: 'p.yaml', text: `${text}---\n${binding}` }])).toThrow(/which does not exist/);
  });
});
