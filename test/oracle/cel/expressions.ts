/** True for the API server and for k8s-gate. */
export const truths: readonly string[] = [
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
  '!has({"a": dyn(null)}.a.b) && {"a": dyn(null)}.?a.?b.orValue(1) == 1 && dyn(1).orValue(2) == 1',
];

/** Errors for both. */
export const errors: readonly string[] = [
  '-(-9223372036854775807 - 1) == 0',
  'timestamp("9999-12-31T23:59:59Z") + duration("1s") > timestamp("2020-01-01T00:00:00Z")',
  'duration("2562047h") + duration("2562047h") > duration("1s")',
  'ip("::ffff:c0a8:1").isLoopback()',
  'double("nan") < 1.0',
  '{"a": 1}.all(k, dyn(k))',
  'dyn(1).all(x, true)',
];

/** Refused by both when a policy is created. */
export const refusals: readonly string[] = [
  'cel.bind(x, 1, x == 1)',
  'math.greatest(1, 2) == 2',
  '"ab".reverse() == "ba"',
  '[1, "a"].size() == 2',
  '1 == "a"',
  'true == 1 < 2',
  'request.uid == "a"',
  '"a".matches("(?=a)")',
  'duration("1d") == duration("24h")',
  '"%d".format(["a"]) == ""',
  'jsonpatch.escapeKey("a") == "a"',
  'object.metadata.labels.`a-b` == "x"',
  '[1].existsOne(x, x == 1)',
  '9223372036854775808 > 1',
];
