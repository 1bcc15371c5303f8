import { all, type Faults, forbidden, invalid, missing, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { quantityOf } from './quantity.ts';
import { quantityFormat } from './resources.ts';

const rule = 'claim';
const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** ValidatePersistentVolumeClaimSpec. */
export function* claimSpec(spec: Field): Faults {
  yield* accessModes(spec.at('accessModes'), 'at least 1 access mode is required');
  yield* labelSelector(spec.at('selector'));
  const storage = spec.at('resources', 'requests', 'storage');
  if (!storage.isSet) yield required(storage, rule);
  yield* quantityFormat(storage);
  const quantity = quantityOf(storage);
  if (quantity !== undefined && quantity.nanos <= 0n) yield invalid(storage, rule, 'must be greater than zero');
  for (const name of ['storageClassName', 'volumeAttributesClassName'])
    if (spec.at(name).text !== '') yield* all(spec.at(name), 'reference-name', dnsSubdomain(spec.at(name).text));
  yield* volumeMode(spec.at('volumeMode'));
  yield* dataSources(spec);
}

export function* accessModes(list: Field, detail: string): Faults {
  if (list.size === 0) yield required(list, rule, detail);
  for (const mode of list.items()) {
    if (mode.text === '') yield invalid(mode, rule, 'must be an access mode');
    yield* unsupported(mode, rule, modes);
  }
  const texts = list.texts();
  if (texts.includes('ReadWriteOncePod') && texts.some((mode) => mode !== 'ReadWriteOncePod' && modes.includes(mode)))
    yield forbidden(list, rule, 'may not use ReadWriteOncePod with other access modes');
}

export function* volumeMode(mode: Field): Faults {
  if (mode.value === '') yield invalid(mode, rule, 'must be Block or Filesystem');
  yield* unsupported(mode, rule, ['Block', 'Filesystem']);
}

function* dataSources(spec: Field): Faults {
  const [source, ref] = [spec.at('dataSource'), spec.at('dataSourceRef')];
  for (const field of [source, ref]) {
    if (!field.isSet) continue;
    const [kind, group] = [field.at('kind'), field.at('apiGroup')];
    // What the API server drops silently: any other data source in the older field.
    const isClaim = kind.text === 'PersistentVolumeClaim' && group.text === '';
    const isSnapshot = kind.text === 'VolumeSnapshot' && group.text === 'snapshot.storage.k8s.io';
    if (field.step === 'dataSource' && !isClaim && !isSnapshot) continue;
    yield* missing(field.at('name'), rule);
    yield* missing(kind, rule);
    if (group.text === '' && kind.text !== 'PersistentVolumeClaim')
      yield invalid(kind, rule, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    if (group.text !== '') yield* all(group, rule, dnsSubdomain(group.text));
  }
  const namespace = ref.at('namespace');
  if (namespace.text !== '') yield* all(namespace, 'namespace', dnsLabel(namespace.text));
}

export function* claim(object: Field): Faults {
  yield* claimSpec(object.at('spec'));
}
