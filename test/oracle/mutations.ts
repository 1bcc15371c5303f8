import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';

export interface Mutation {
  readonly object: JsonObject;
  readonly what: string;
}

const long = 'a'.repeat(64);
const texts = [
  '',
  'A_b',
  'a.b',
  '-a',
  long,
  'a'.repeat(260),
  'a/b',
  'a/b/c',
  '..',
  '../a',
  '1',
  'x y',
  '/abs',
  'a--b',
  'Always',
  'None',
  '10.0.0.1',
  '0.5',
];
const numbers = [0, -1, 1, 7, 65_536, 2_147_483_647];
const portions = ['0%', '150%', 'x', -1, 0, 3];
/** Members of unions, each added to an object that has another of the set. */
const unions: readonly Readonly<Record<string, JsonValue>>[] = [
  {
    emptyDir: {},
    hostPath: { path: '/a' },
    secret: { secretName: 'a' },
    configMap: { name: 'a' },
    projected: { sources: [] },
    csi: { driver: 'a.b' },
  },
  { exec: { command: ['a'] }, httpGet: { port: 80 }, tcpSocket: { port: 80 }, grpc: { port: 80 }, sleep: { seconds: 1 } },
  { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 'a', key: 'a' }, configMapKeyRef: { name: 'a', key: 'b' } },
  { configMapRef: { name: 'a' }, secretRef: { name: 'a' } },
  { ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {}, namespaceSelector: {} },
  { minAvailable: 1, maxUnavailable: 1 },
  { service: { name: 'a', port: { number: 80 } }, resource: { kind: 'A', name: 'a' } },
  { nonResourceURLs: ['/a'], resources: ['pods'] },
  { allowPrivilegeEscalation: false, privileged: true, procMount: 'Unmasked', runAsUser: -1 },
  { stdin: true, livenessProbe: { exec: { command: ['a'] } }, lifecycle: {} },
  { hostNetwork: true, hostPID: true, shareProcessNamespace: true, hostUsers: false },
  { clusterIP: 'None', externalName: 'a.b', nodePort: 30000, type: 'ExternalName', loadBalancerIP: '1.2.3.4' },
  { rollingUpdate: {}, type: 'Recreate' },
];

function* values(value: JsonValue): Iterable<JsonValue | undefined> {
  yield undefined;
  yield null;
  if (typeof value === 'string') {
    if (/^\d+%$/.test(value)) yield* portions;
    yield* texts;
    yield `${value}!`;
  }
  if (typeof value === 'number') yield* numbers;
  if (typeof value === 'boolean') yield !value;
  if (isArray(value)) {
    yield [];
    if (value[0] !== undefined) yield [...value, value[0]];
    if (value.length > 1) yield value.toReversed();
  }
  if (!isObject(value)) return;
  yield {};
  const [first] = Object.values(value);
  if (first !== undefined) yield { ...value, 'Bad Key!': first };
  for (const union of unions) {
    const members = Object.keys(union);
    if (!members.some((name) => Object.hasOwn(value, name))) continue;
    for (const name of members) if (!Object.hasOwn(value, name)) yield { ...value, [name]: union[name] ?? null };
  }
}

/** Each object with one of its values changed, at every place. */
export function* mutations(object: JsonObject): Iterable<Mutation> {
  for (const [path, value] of places(object)) {
    for (const changed of values(value)) {
      const mutated = replaced(object, path, changed);
      if (isObject(mutated)) yield { object: mutated, what: `${path.join('.')} = ${JSON.stringify(changed)?.slice(0, 80)}` };
    }
  }
}

type Path = readonly (string | number)[];

function* places(value: JsonValue, path: Path = []): Iterable<readonly [Path, JsonValue]> {
  if (path.length > 0 && !(path.length === 1 && (path[0] === 'apiVersion' || path[0] === 'kind'))) yield [path, value];
  if (isArray(value)) for (const [index, item] of value.entries()) yield* places(item, [...path, index]);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) yield* places(item, [...path, key]);
}

export function replaced(value: JsonValue, [step, ...rest]: Path, changed: JsonValue | undefined): JsonValue | undefined {
  if (step === undefined) return changed;
  if (isArray(value)) {
    const item = replaced(value[Number(step)] ?? null, rest, changed);
    return item === undefined ? value.toSpliced(Number(step), 1) : value.with(Number(step), item);
  }
  if (!isObject(value)) return value;
  const { [step]: before = null, ...others } = value;
  const item = replaced(before, rest, changed);
  return item === undefined ? others : { ...others, [step]: item };
}
