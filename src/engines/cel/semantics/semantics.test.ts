import { describe, expect, it } from 'vitest';
import { Budget } from '../budget.ts';
import { createCompiler } from '../compiler.ts';

const compile = createCompiler();
const run = (expression: string, object: unknown = null) => compile(expression).run({ object, params: null }, new Budget());

/** Each expression is true for the API server as well: test/oracle/cel.live.test.ts asks it. */
describe('an expression', () => {
  it.each([
    'dyn(3.0) in [3u] && dyn([1]) == dyn([1.0]) && {1: 2}[dyn(1.0)] == 2',
    'dyn(9223372036854775807) < 9223372036854775808.0 == false',
    'timestamp("2020-01-01T00:00:00.000000001Z") > timestamp("2020-01-01T00:00:00Z")',
    'timestamp("2020-01-01T00:00:00Z").getHours("+02:00") == 2 && int(timestamp("1970-01-01T00:01:00Z")) == 60',
    '"\\ufeffa\\u0085".trim() == "\\ufeffa" && b"a" < b"b"',
    'ip("10.0.0.1").isGlobalUnicast() && cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8") && !isIP("::ffff:10.0.0.1")',
    'string(ip("2001:db8:0:0:1:0:0:1")) == "2001:db8::1:0:0:1" && ip.isCanonical("2001:db8::1")',
    'semver("1.2.3").isLessThan(semver("v1.10", true)) && !isSemver("1.2")',
    'format.dns1123Label().validate("a-b") == optional.none() && format.named("uuid").value().validate("x").hasValue()',
    '[[1], [2, 3]].flatten().reverse() == lists.range(4).slice(1, 4).sortBy(i, -i)',
    '{"a": 1, "b": 2}.transformMap(k, v, v > 1, k + string(v)) == {"b": "b2"}',
    '[1, 2].all(i, v, i + 1 == v) && [3].transformList(i, v, i + v) == [3] && {"a": 1}.existsOne(k, v, v == 1)',
    '[?optional.none(), 1] == [1] && {?"a": optional.ofNonZeroValue("")} == {}',
    '"%d %.2f %x %e".format([3u, 1.005, 255, 12.5]) == "3 1.00 ff 1.250000×10⁰¹" && strings.quote("a\\"") == "\\"a\\\\\\"\\""',
    'url("https://a/b?x=1&x=2").getQuery() == {"x": ["1", "2"]}',
    '!has(object.a.b) && object.?a.b.orValue(1) == 1 && dyn(1).orValue(2) == 1',
  ])('is true: %s', (expression) => {
    expect(run(expression, { a: null })).toBe(true);
  });

  it.each([
    '-(-9223372036854775807 - 1) == 0',
    'timestamp("9999-12-31T23:59:59Z") + duration("1s") > timestamp("2020-01-01T00:00:00Z")',
    'duration("2562047h") + duration("2562047h") > duration("1s")',
    'ip("::ffff:c0a8:1").isLoopback()',
    'double("nan") < 1.0',
    '{"a": 1}.all(k, k)',
    'dyn(1).all(x, true)',
  ])('is an error: %s', (expression) => {
    expect(() => run(expression)).toThrow();
  });
});
