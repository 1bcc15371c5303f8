import { asPrefix } from '../../names.ts';
import { all, type Faults, invalid, membersOf, missing, notFound, required, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { configKey, dnsLabel, dnsSubdomain, envName, qualifiedName } from './names.ts';
import { hasBacksteps } from './paths.ts';
import { isUnit, quantityOf } from './quantity.ts';

const fields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const volumeFields = ['metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.annotations', 'metadata.uid'];
const resources = ['limits', 'requests'].flatMap((list) =>
  ['cpu', 'memory', 'ephemeral-storage'].map((name) => `${list}.${name}`),
);

export function* env(list: Field, minor: number): Faults {
  const check = envName(isOn('allowsRelaxedEnvNames', minor));
  for (const variable of list.items()) {
    const [name, from] = [variable.at('name'), variable.at('valueFrom')];
    yield* missing(name, 'env-name');
    if (name.text !== '') yield* all(name, 'env-name', check(name.text));
    if (from.isSet) yield* valueFrom(variable, from, minor);
  }
}

function* valueFrom(variable: Field, from: Field, minor: number): Faults {
  const names = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
  const sources = membersOf(from, names);
  const known = isOn('allowsFileKeyRef', minor) ? names : names.slice(0, -1);
  if (sources.length === 0)
    yield required(from, 'env-source', `must specify one of: ${known.map((name) => `\`${name}\``).join(', ')}`);
  else if (variable.at('value').text !== '') yield required(from, 'env-source', 'may not be specified when `value` is not empty');
  else if (sources.length > 1) yield required(from, 'env-source', 'may not have more than one field specified at a time');
  for (const source of sources) {
    if (source.step === 'fieldRef') yield* fieldRef(source, fields);
    if (source.step === 'resourceFieldRef') yield* resourceFieldRef(source, false);
    if (source.step === 'configMapKeyRef' || source.step === 'secretKeyRef') yield* keyRef(source);
    if (source.step === 'fileKeyRef') yield* fileKeyRef(source);
  }
}

/** A field of the pod, as an environment variable or a file. */
export function* fieldRef(ref: Field, supported: readonly string[]): Faults {
  const path = ref.at('fieldPath');
  const version = ref.at('apiVersion').text || 'v1';
  if (path.text === '') return yield required(path, 'env-source');
  if (version !== 'v1') return yield invalid(ref.at('apiVersion'), 'env-source', `unsupported pod version: ${version}`);
  const [, base, key] = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(path.text) ?? [];
  if (base !== undefined && key !== undefined)
    return yield* all(path, 'env-source', qualifiedName(base === 'metadata.annotations' ? key.toLowerCase() : key));
  if (path.text === 'spec.host' && supported.includes('spec.nodeName')) return;
  yield* unsupported(path, 'env-source', supported);
}

export function* resourceFieldRef(ref: Field, isFile: boolean): Faults {
  const [container, resource, divisor] = [ref.at('containerName'), ref.at('resource'), ref.at('divisor')];
  if (isFile && container.text === '') yield required(container, 'env-source');
  else if (resource.text === '') yield required(resource, 'env-source');
  else if (!/^(?:requests|limits)\.hugepages-/.test(resource.text)) yield* unsupported(resource, 'env-source', resources);
  const quantity = quantityOf(divisor);
  if (quantity === undefined || quantity.nanos === 0n) return;
  const isCpu = /^(?:limits|requests)\.cpu$/.test(resource.text);
  const isRight = isCpu ? quantity.nanos === 1_000_000n || quantity.nanos === 1_000_000_000n : isUnit(quantity);
  if (!isRight && (isCpu || /^(?:limits|requests)\.(?:memory|ephemeral-storage|hugepages-)/.test(resource.text)))
    yield invalid(
      divisor,
      'env-source',
      `only ${isCpu ? '1m and 1' : '1, 1k, 1M … 1E and 1Ki, 1Mi … 1Ei'} are supported with this resource`,
    );
}

function* keyRef(ref: Field): Faults {
  const [name, key] = [ref.at('name'), ref.at('key')];
  yield* all(name, 'reference-name', dnsSubdomain(name.text));
  yield* missing(key, 'env-source');
  if (key.text !== '') yield* all(key, 'config-key', configKey(key.text));
}

function* fileKeyRef(ref: Field): Faults {
  const [key, volume, path] = [ref.at('key'), ref.at('volumeName'), ref.at('path')];
  for (const field of [key, volume, path]) yield* missing(field, 'env-source');
  if (key.text !== '') yield* all(key, 'env-source', envName(true)(key.text));
  if (volume.text !== '') yield* all(volume, 'env-source', dnsLabel(volume.text));
  if (hasBacksteps(path.text)) yield invalid(path, 'env-source', "must not contain '..'");
}

/** A file that variables are read from is in a volume of type emptyDir. */
export function* fileKeys(containers: readonly Field[], volumes: Field): Faults {
  for (const container of containers)
    for (const variable of container.at('env').items()) {
      const name = variable.at('valueFrom', 'fileKeyRef', 'volumeName');
      if (name.text === '') continue;
      const volume = volumes.items().find((candidate) => candidate.at('name').text === name.text);
      if (volume === undefined) yield notFound(name, 'env-source');
      else if (!volume.at('emptyDir').isSet && volume.size > 1)
        yield invalid(name, 'env-source', 'referenced volume must be of type emptyDir');
    }
}

export function* envFrom(list: Field, minor: number): Faults {
  const check = envName(isOn('allowsRelaxedEnvNames', minor));
  for (const source of list.items()) {
    const prefix = source.at('prefix');
    if (prefix.text !== '') yield* all(prefix, 'env-name', check(prefix.text));
    const refs = membersOf(source, ['configMapRef', 'secretRef']);
    if (refs.length !== 1) yield required(source, 'env-source', 'must specify one of: `configMapRef` or `secretRef`');
    for (const ref of refs) {
      yield* missing(ref.at('name'), 'env-source');
      if (ref.at('name').text !== '') yield* all(ref.at('name'), 'reference-name', asPrefix(dnsSubdomain)(ref.at('name').text));
    }
  }
}
