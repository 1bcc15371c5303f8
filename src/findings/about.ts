import { hash } from 'node:crypto';
import type { FieldPath } from '../model/field-path.ts';
import { objectsAt } from '../model/field-path.ts';
import { groupBy } from '../model/group.ts';
import { isArray, isObject, type JsonObject, type JsonValue, stringifyJson } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { type NamedContainer, type PodPlace, podsAt } from './pod-specs.ts';

/**
 * The subject of a field, part by part, as digests: the image, the command and the security context of a container, and the relevant
 * fields of its pod. For a resource without containers it is the whole content. Randomly generated values count as equal.
 */
export function aboutOf({ object, stableObject = object }: Resource, path: FieldPath): Readonly<Record<string, string>> {
  const pods = podsAt(stableObject, path);
  const parts: readonly Part[] = pods.length === 0 ? [['the content', contentOf(stableObject)]] : pods.flatMap(partsOf);
  const byPart = groupBy(parts, ([part]) => part);
  return Object.fromEntries([...byPart].map(([part, all]) => [part, digest(all.map(([, value]) => value))]));
}

type Part = readonly [string, JsonValue];

function partsOf({ spec, containers, isWholePod }: PodPlace): readonly Part[] {
  const volumes = volumesOf(spec);
  const mounted = isWholePod
    ? volumes
    : volumes.filter(({ name }) => containers.some((one) => mountsOf(one, [name ?? null]).length > 0));
  return [
    ...containers.flatMap((container) => containerParts(container, volumes)),
    ['the security context of the pod', orNull(spec.securityContext)],
    [
      'the host namespaces of the pod',
      fieldsOf(spec, ['hostPID', 'hostNetwork', 'hostIPC', 'hostUsers', 'shareProcessNamespace']),
    ],
    [isWholePod ? 'the volumes of the pod' : 'the volumes of the container', mounted],
    ...(isWholePod ? ([['the service account of the pod', fieldsOf(spec, serviceAccountFields)]] as const) : []),
  ];
}

const serviceAccountFields = ['serviceAccountName', 'serviceAccount', 'automountServiceAccountToken'];

function containerParts(one: NamedContainer, volumes: readonly JsonObject[]): readonly Part[] {
  const { label, container } = one;
  const names = volumes.map(({ name }) => name ?? null);
  return [
    [`the image of container ${label}`, orNull(container.image)],
    [`the command of container ${label}`, commandOf(container)],
    [`the security context of container ${label}`, orNull(container.securityContext)],
    [`the mounts of container ${label}`, [...mountsOf(one, names), ...objectsAt(container.volumeDevices)]],
  ];
}

/** Environment variables that make a program load or run other code. */
const loaderVariables =
  /^(?:LD_.*|PATH|BASH_ENV|ENV|PROMPT_COMMAND|NODE_OPTIONS|PYTHON(?:PATH|STARTUP|HOME)|PERL5(?:LIB|OPT)|RUBY(?:LIB|OPT)|.*JAVA.*_OPT(?:ION)?S|GIT_(?:SSH.*|CONFIG.*|EXEC_PATH|ASKPASS|PROXY_COMMAND|EXTERNAL_DIFF)|NODE_PATH|LUA_INIT.*|DOTNET_STARTUP_HOOKS|CORECLR_.*PROFIL.*|GCONV_PATH|OPENSSL_(?:CONF|MODULES)|PHP(?:RC|_INI_SCAN_DIR))$/;

/** Everything that runs in the container: its command, the commands of hooks and probes, and the variables they use. */
function commandOf(container: JsonObject): JsonValue {
  const run = fieldsOf(container, ['command', 'args', 'workingDir', 'lifecycle']);
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => {
    const probe = container[name];
    return isObject(probe) ? orNull(probe.exec) : null;
  });
  const isExpanded = /\$/.test(stringifyJson([run, ...probes]));
  const env = objectsAt(container.env).filter(({ name }) => isExpanded || loaderVariables.test(String(name)));
  return [run, ...probes, env, isExpanded ? orNull(container.envFrom) : null];
}

/** Configuration volumes change with every release and expose nothing of the node. */
const configurationVolumes = ['configMap', 'secret', 'projected', 'downwardAPI', 'emptyDir'];

function volumesOf(spec: JsonObject): readonly JsonObject[] {
  return objectsAt(spec.volumes).filter((volume) => !configurationVolumes.some((kind) => isObject(volume[kind])));
}

function mountsOf({ container }: NamedContainer, names: readonly JsonValue[]): readonly JsonObject[] {
  return [...objectsAt(container.volumeMounts), ...objectsAt(container.volumeDevices)].filter(({ name }) =>
    names.includes(name ?? null),
  );
}

/** Without labels and annotations, which do not change what a resource does, and without the name, which is part of the identity. */
function contentOf(object: JsonObject): JsonValue {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'metadata' && key !== 'status'));
}

function fieldsOf(object: JsonObject, names: readonly string[]): JsonValue {
  return names.map((name) => orNull(object[name]));
}

function orNull(value: JsonValue | undefined): JsonValue {
  return value ?? null;
}

function digest(value: JsonValue): string {
  return hash('sha256', stringifyJson(sorted(value)), 'hex').slice(0, 32);
}

/** The key order of a map has no meaning in Kubernetes. */
function sorted(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
