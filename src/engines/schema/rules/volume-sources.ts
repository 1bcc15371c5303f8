import { all, type Faults, invalid, missing, outside, required, unsupported, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { dnsLabel } from './names.ts';
import { noBacksteps, relativePath } from './paths.ts';

const rule = 'volume';

/** For each source of a driver that was once built in, the fields that it must have. */
const requiredFields: Readonly<Record<string, readonly string[]>> = {
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['image'],
  cinder: ['volumeID'],
  quobyte: ['registry', 'volume'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  azureDisk: ['diskName', 'diskURI'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  storageos: ['volumeName'],
};

export const driverSources = [...Object.keys(requiredFields), 'hostPath', 'flocker', 'cephfs', 'fc', 'local'];

/** The sources of volumes that a pod and a PersistentVolume have in common. */
export function* driverSource(field: Field): Faults {
  if (field.step === 'hostPath') return yield* hostPath(field);
  for (const name of requiredFields[field.step] ?? []) yield* missing(field.at(name), rule);
  yield* specific(field);
  const secret = field.at('secretRef');
  if (['cinder', 'storageos'].includes(String(field.step)) && secret.isSet) yield* missing(secret.at('name'), rule);
}

function* specific(field: Field): Faults {
  switch (field.step) {
    case 'gitRepo':
      return yield* relativePath(field.at('directory'), rule);
    case 'gcePersistentDisk':
    case 'awsElasticBlockStore':
      return yield* outside(field.at('partition'), rule, 0, 255);
    case 'nfs':
      if (field.at('path').text !== '' && !field.at('path').text.startsWith('/'))
        yield invalid(field.at('path'), rule, 'must be an absolute path');
      return;
    case 'rbd':
    case 'cephfs':
      if (field.at('monitors').size === 0) yield required(field.at('monitors'), rule);
      return;
    case 'iscsi':
      return yield* iscsi(field);
    case 'fc':
      return yield* fibreChannel(field);
    case 'flocker':
      return yield* flocker(field);
    case 'flexVolume':
      return yield* flexOptions(field.at('options'));
    case 'azureDisk':
      return yield* azureDisk(field);
    case 'storageos':
      for (const name of ['volumeName', 'volumeNamespace'])
        if (field.at(name).text !== '') yield* all(field.at(name), rule, dnsLabel(field.at(name).text));
      return;
    default:
      return;
  }
}

const iqnPatterns: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function* iscsi(field: Field): Faults {
  for (const name of [field.at('iqn'), field.at('initiatorName')]) {
    if (name.text === '') continue;
    const pattern = iqnPatterns[name.text.slice(0, 3)];
    if (pattern === undefined) yield invalid(name, rule, 'must be valid format starting with iqn, eui, or naa');
    else if (!pattern.test(name.text)) yield invalid(name, rule, 'must be valid format');
  }
  yield* outside(field.at('lun'), rule, 0, 255);
  const needsSecret = field.at('chapAuthDiscovery').isTrue || field.at('chapAuthSession').isTrue;
  if (needsSecret && !field.at('secretRef').isSet) yield required(field.at('secretRef'), rule);
}

function* fibreChannel(field: Field): Faults {
  const [targets, ids, lun] = [field.at('targetWWNs'), field.at('wwids'), field.at('lun')];
  if (targets.size === 0 && ids.size === 0)
    yield required(targets, rule, 'must specify either targetWWNs or wwids, but not both');
  if (targets.size > 0 && ids.size > 0) yield invalid(targets, rule, 'targetWWNs and wwids can not be specified simultaneously');
  if (targets.size === 0) return;
  if (!lun.isSet) yield required(lun, rule, 'lun is required if targetWWNs is specified');
  yield* outside(lun, rule, 0, 255);
}

function* flocker(field: Field): Faults {
  const [name, id] = [field.at('datasetName'), field.at('datasetUUID')];
  if (name.text === '' && id.text === '') yield required(field, rule, 'one of datasetName and datasetUUID is required');
  if (name.text !== '' && id.text !== '')
    yield invalid(field, rule, 'datasetName and datasetUUID can not be specified simultaneously');
  if (name.text.includes('/')) yield invalid(name, rule, "must not contain '/'");
}

function* flexOptions(options: Field): Faults {
  for (const [key, value] of options.entries()) {
    const domain = `.${key.split('/')[0]?.toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      yield invalid(value, rule, 'kubernetes.io and k8s.io namespaces are reserved');
  }
}

function* azureDisk(field: Field): Faults {
  const [kind, uri] = [field.at('kind'), field.at('diskURI')];
  yield* unsupportedOrEmpty(field.at('cachingMode'), rule, ['None', 'ReadOnly', 'ReadWrite']);
  yield* unsupportedOrEmpty(kind, rule, ['Dedicated', 'Managed', 'Shared']);
  const isManaged = kind.text === 'Managed' || !kind.isSet;
  if (kind.text === 'Managed' && !uri.text.startsWith('/subscriptions/'))
    yield invalid(uri, rule, 'must begin with /subscriptions/');
  if (!isManaged && !uri.text.startsWith('https://')) yield invalid(uri, rule, 'must begin with https://');
}

function* hostPath(field: Field): Faults {
  const path = field.at('path');
  if (path.text === '') return yield required(path, rule);
  yield* noBacksteps(path, rule);
  yield* unsupported(field.at('type'), rule, [
    ...['BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'],
  ]);
}
