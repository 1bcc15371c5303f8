import { describe, expect, it } from 'vitest';
import { needsOf, withCreate } from './needs.ts';

describe('what a template needs', () => {
  it.each<[string, 'rego' | 'cel', string | undefined]>([
    ['input.review.object.metadata.name == "a"', 'rego', undefined],
    ['external_data({"provider": "p", "keys": [image]})', 'rego', 'external data'],
    ['# external_data would be better', 'rego', undefined],
    ['http.send({"url": "https://example.com"})', 'rego', 'network'],
    ['input.review.userInfo.username == "root"', 'rego', 'user'],
    ['request.userInfo.username == "root"', 'cel', 'user'],
    ['namespaceObject.metadata.name == "a"', 'cel', 'Namespace'],
    ['authorizer.group("").resource("pods").check("get").allowed()', 'cel', 'permissions'],
    ['input.review.operation == "CREATE"', 'rego', undefined],
    ['has(request.operation) && request.operation == "CREATE"', 'cel', undefined],
    ['is_update(review) { review.operation == "UPDATE" }', 'rego', undefined],
    ['is_create(review) { review.operation == "CREATE" }', 'rego', 'operation'],
    ['op := object.get(input.review, "operation", ""); {"CREATE"}[op]', 'rego', 'operation'],
  ])('is known from %s', (code, language, need) => {
    const { cluster } = needsOf(code, language);
    if (need === undefined) expect(cluster).toBeUndefined();
    else expect(cluster).toContain(need);
  });

  it('distinguishes a comparison of objects, and the time', () => {
    expect(needsOf('data.inventory.namespace[_]', 'rego')).toMatchObject({ inventory: true, clock: false });
    expect(needsOf('time.now_ns()', 'rego')).toMatchObject({ inventory: false, clock: true });
  });
});

describe('the operation', () => {
  it('is a creation in the copy of a template, and nothing else is changed', () => {
    const rego = 'violation[{"msg": "input.review.operation"}] { input.review.operation == "CREATE" }';
    const spec = { crd: { a: rego }, targets: [{ rego, code: [{ source: { validations: [{ expression: rego }] } }] }] };
    const copy = 'violation[{"msg": "input.review.operation"}] { "CREATE" == "CREATE" }';
    expect(withCreate(spec, 'rego')).toEqual({
      crd: { a: rego },
      targets: [{ rego: copy, code: [{ source: { validations: [{ expression: copy }] } }] }],
    });
  });

  it('is set in CEL', () => {
    const expression = 'has(request.operation) && request.operation == "UPDATE" ? 1 : object.request.operation';
    expect(withCreate({ targets: [expression] }, 'cel')).toEqual({
      targets: ['true && "CREATE" == "UPDATE" ? 1 : object.request.operation'],
    });
  });
});
