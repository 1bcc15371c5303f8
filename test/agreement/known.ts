import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import type { Answer } from './answers.ts';
import type { Pair } from './compare.ts';

/** A difference that is understood. `holds` has to be narrow: what it covers is compared no further. */
export interface Known {
  readonly id: string;
  readonly right: 'k8s-gate' | 'kyverno' | 'both';
  readonly why: string;
  readonly source: string;
  readonly holds: (pair: Pair) => boolean;
}

const kyvernoValidate = 'https://github.com/kyverno/kyverno/blob/release-1.19/pkg/admissionpolicy/validate.go';

export const known: readonly Known[] = [
  {
    id: 'constraints-not-asked',
    right: 'k8s-gate',
    why: 'Without a cluster, Kyverno asks only matchResources of the binding what a bound policy is about, never matchConstraints of the policy. A cluster asks both.',
    source: `${kyvernoValidate} (processVAPWithoutClient)`,
    holds: ({ candidate, object, ours }) =>
      is(ours, 'none') && boundToAll(candidate.binding) && !namesResource(candidate.policy, String(object.kind)),
  },
  {
    id: 'null-member',
    right: 'k8s-gate',
    why: 'Kyverno keeps `key: null` of a manifest, so has() finds it and the value is null. The API server decodes it into an absent field of a built-in kind; Kyverno agrees on the same object without its nulls.',
    source:
      'https://github.com/golang/go/blob/master/src/encoding/json/decode.go (Unmarshal of null) and src/engines/cel/values.ts',
    holds: (pair) => hasNull(pair.object) && isOfAbsent(pair),
  },
  {
    id: 'empty-member',
    right: 'k8s-gate',
    why: "Kyverno keeps `image: ''` of a manifest, so has() finds it. The API server decodes a built-in kind and evaluates what it encodes again, without empty fields that are `omitempty` and with structs that cannot be absent; Kyverno agrees on the object changed so.",
    source:
      'https://pkg.go.dev/k8s.io/api/core/v1#Container, docs/adr/0029-evaluate-cel-by-the-declarations-of-the-api-server.md',
    holds: (pair) => !hasNull(pair.object) && isOfAbsent(pair),
  },
  {
    id: 'field-of-a-scalar',
    right: 'both',
    why: 'A field asked of a number, text or bool with has() or `.?` is absent to cel-go and an error to k8s-gate. A cluster never answers it for a built-in kind: its API server refuses such an object first, and k8s-gate lets nothing pass on it.',
    source: 'https://github.com/google/cel-go/blob/master/interpreter/attributes.go (refQualify, errorOnBadPresenceTest)',
    holds: ({ ours }) =>
      ours.statuses.includes('error') &&
      ours.messages.some((message) =>
        /: (?:the field \S+ is read from a (?:string|boolean|number|bigint), not from|the key of \[\?…\] is neither)|Fix the type: the API server rejects/.test(
          message,
        ),
      ),
  },
  {
    id: 'integers-as-doubles',
    right: 'k8s-gate',
    why: 'Kyverno gives CEL every number of a manifest as a double, so `replicas + 1` has no overload and its type is not int. The API server gives integers as int.',
    source: 'https://kubernetes.io/docs/reference/using-api/cel (types: an integer field is an int)',
    holds: ({ candidate, object, theirs }) =>
      theirs.messages.some((message) => message.includes('no such overload: quantity(double)')) ||
      (isObject(object.spec) &&
        ['number', 'bigint'].includes(typeof object.spec.replicas) &&
        /object\.spec\.replicas \+ 1|type\(object\.spec\.replicas\) == int/.test(expressionsOf(candidate.policy)) &&
        (theirs.statuses.includes('error') ? theirs.messages.some((message) => message.includes('no such overload')) : true)),
  },
  {
    id: 'ignored-condition-error',
    right: 'both',
    why: 'A match condition that can not be evaluated under `failurePolicy: Ignore` means "not matched" to a cluster. k8s-gate reports a finding of unknown severity: nobody has judged the object.',
    source: 'https://github.com/kubernetes/apiserver/blob/master/pkg/admission/plugin/webhook/matchconditions/matcher.go',
    holds: ({ candidate, ours, theirs }) =>
      isObject(candidate.policy.spec) &&
      candidate.policy.spec.failurePolicy === 'Ignore' &&
      is(theirs, 'none') &&
      is(ours, 'error') &&
      ours.messages.every((message) => message.includes('which its failurePolicy ignores: match condition ')),
  },
];

/** Kyverno gives another answer on the object without members that are absent to an API server, and that one agrees. */
function isOfAbsent({ withoutAbsent, theirs }: Pair): boolean {
  return withoutAbsent !== undefined && !sameAnswer(withoutAbsent.theirs, theirs) && withoutAbsent.explained;
}

function is(answer: Answer, status: Answer['statuses'][number]): boolean {
  return answer.statuses.length === 1 && answer.statuses[0] === status;
}

function sameAnswer(left: Answer, right: Answer): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function boundToAll(binding: JsonObject | undefined): boolean {
  return binding !== undefined && isObject(binding.spec) && binding.spec.matchResources === undefined;
}

/** Any rule of the policy that names the kind's resource, whatever its group: read here independently of what is tested. */
function namesResource({ spec }: JsonObject, kind: string): boolean {
  const constraints = isObject(spec) && isObject(spec.matchConstraints) ? spec.matchConstraints : {};
  const rules = isArray(constraints.resourceRules) ? constraints.resourceRules : [];
  const plural = `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;
  return rules.some(
    (rule) => isObject(rule) && isArray(rule.resources) && rule.resources.some((item) => item === plural || item === '*'),
  );
}

function expressionsOf({ spec }: JsonObject): string {
  if (!isObject(spec)) return '';
  return [spec.validations, spec.matchConditions]
    .flatMap((list) => (isArray(list) ? list : []))
    .map((item) => (isObject(item) ? String(item.expression) : ''))
    .join('\n');
}

function hasNull(value: JsonValue): boolean {
  if (value === null) return true;
  if (isArray(value)) return value.some(hasNull);
  return isObject(value) && Object.values(value).some(hasNull);
}

/** As an API server decodes and encodes it: without members that are null or empty. */
export function withoutAbsent(object: JsonObject): JsonObject {
  const clean = (value: JsonValue): JsonValue => {
    if (isArray(value)) return value.map(clean);
    return isObject(value) ? withStructs(value) : value;
  };
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, JsonValue][] => (isAbsent(key, value) ? [] : [[key, clean(value)]])),
  );
}

/** A container has `resources` to an API server, even if they are empty: a Go struct cannot be absent. */
function withStructs(object: JsonObject): JsonObject {
  const isContainer = typeof object.name === 'string' && typeof object.image === 'string';
  return { ...(isContainer && { resources: {} }), ...withoutAbsent(object) };
}

/**
 * A pointer is encoded whatever it points at: `privileged: false`, `securityContext: {}`. What is left out are empty lists and texts, and the
 * fields below, which are not pointers: https://github.com/kubernetes/api/blob/v0.36.3/core/v1/types.go
 */
function isAbsent(key: string, value: JsonValue): boolean {
  if (value === null || value === '') return true;
  if (value === false) return booleans.has(key);
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0 && maps.has(key);
}

const booleans = new Set('hostNetwork hostPID hostIPC readOnly stdin stdinOnce tty publishNotReadyAddresses paused'.split(' '));
const maps = new Set('labels annotations matchLabels nodeSelector limits requests data binaryData stringData'.split(' '));
