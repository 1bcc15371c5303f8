import type { RuleContext } from '../rule.ts';
import { accessModes, volumeMode } from './claim.ts';
import { all, type Faults, forbidden, invalid, membersOf, missing, required, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { noBacksteps } from './paths.ts';
import { quantityOf } from './quantity.ts';
import { quantityFormat } from './resources.ts';
import { nodeSelector } from './scheduling.ts';
import { driverName } from './volume-files.ts';
import { driverSource, driverSources } from './volume-sources.ts';

const rule = 'persistent-volume';
const sources = [...driverSources.filter((name) => name !== 'gitRepo'), 'csi'];

export function* persistentVolume(object: Field, { minor }: RuleContext): Faults {
  const spec = object.at('spec');
  yield* accessModes(spec.at('accessModes'), '');
  yield* capacity(spec.at('capacity'));
  yield* unsupported(spec.at('persistentVolumeReclaimPolicy'), rule, ['Delete', 'Recycle', 'Retain']);
  const [affinity, local] = [spec.at('nodeAffinity'), spec.at('local')];
  if (affinity.isSet && !affinity.at('required').isSet)
    yield required(affinity.at('required'), rule, 'must specify required node constraints');
  if (affinity.at('required').isSet) yield* nodeSelector(affinity.at('required'));
  const [first, ...others] = membersOf(spec, sources);
  if (first === undefined) yield required(spec, rule, 'must specify a volume type');
  for (const other of others) yield forbidden(other, rule, 'may not specify more than 1 volume type');
  if (first?.step === 'csi') yield* csi(first);
  else if (first !== undefined) yield* driverSource(first);
  if (local.isSet) {
    yield* missing(local.at('path'), rule);
    yield* noBacksteps(local.at('path'), rule);
    if (!affinity.isSet) yield required(affinity, rule, 'Local volume requires node affinity');
  }
  yield* namespacedSecrets(spec);
  if (/^\/+\.?$/.test(spec.at('hostPath', 'path').text) && spec.at('persistentVolumeReclaimPolicy').text === 'Recycle')
    yield forbidden(spec.at('persistentVolumeReclaimPolicy'), rule, "may not be 'recycle' for a hostPath mount of '/'");
  if (spec.at('storageClassName').text !== '')
    yield* all(spec.at('storageClassName'), 'reference-name', dnsSubdomain(spec.at('storageClassName').text));
  yield* volumeMode(spec.at('volumeMode'));
  yield* attributes(spec, minor);
}

function* attributes(spec: Field, minor: number): Faults {
  const name = spec.at('volumeAttributesClassName');
  if (!name.isSet || !isOn('allowsVolumeAttributesClass', minor)) return;
  if (name.text === '') yield required(name, rule, 'an empty string is disallowed');
  else yield* all(name, 'reference-name', dnsSubdomain(name.text));
  if (!spec.at('csi').isSet) yield required(spec.at('csi'), rule, 'has to be specified when using volumeAttributesClassName');
}

function* capacity(field: Field): Faults {
  if (field.size === 0) yield required(field, rule);
  if (field.size > 1 || (field.size === 1 && !field.at('storage').isSet))
    yield invalid(field, rule, 'supported values: "storage"');
  for (const [, value] of field.entries()) {
    yield* quantityFormat(value);
    const quantity = quantityOf(value);
    if (quantity !== undefined && quantity.nanos <= 0n) yield invalid(value, rule, 'must be greater than zero');
  }
}

function* csi(field: Field): Faults {
  yield* driverName(field.at('driver'));
  yield* missing(field.at('volumeHandle'), rule);
  for (const name of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']) {
    const secret = field.at(name);
    if (!secret.isSet) continue;
    const [own, namespace] = [secret.at('name'), secret.at('namespace')];
    yield* missing(own, rule);
    yield* missing(namespace, rule);
    if (own.text !== '') yield* all(own, 'reference-name', dnsSubdomain(own.text));
    if (namespace.text !== '') yield* all(namespace, 'namespace', dnsLabel(namespace.text));
  }
}

function* namespacedSecrets(spec: Field): Faults {
  for (const secret of [spec.at('cinder', 'secretRef'), spec.at('storageos', 'secretRef')])
    if (secret.isSet) yield* missing(secret.at('namespace'), rule);
  const secretNamespace = spec.at('azureFile', 'secretNamespace');
  if (secretNamespace.value === '') yield required(secretNamespace, rule);
  if (spec.at('iscsi', 'secretRef').isSet) yield* missing(spec.at('iscsi', 'secretRef', 'name'), rule);
  const endpoints = spec.at('glusterfs', 'endpointsNamespace');
  if (endpoints.isSet) yield* all(endpoints, 'namespace', dnsLabel(endpoints.text));
}
