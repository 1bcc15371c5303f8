import type { RuleFinding } from '../rule.ts';
import { claimSpec } from './claim.ts';
import { all, duplicate, type Faults, forbidden, invalid, membersOf, missing, outside, required, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { templateMetadata } from './metadata.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import type { PodPlace } from './pod-place.ts';
import { projected } from './projected.ts';
import { quantityOf } from './quantity.ts';
import { downwardFile, driverName, keyToPath } from './volume-files.ts';
import { driverSource, driverSources } from './volume-sources.ts';

/** What a mount may refer to: the name, and whether it can be a block device. */
export type Volumes = ReadonlyMap<string, { readonly isClaim: boolean }>;

const sources = [
  'emptyDir',
  'secret',
  'configMap',
  'persistentVolumeClaim',
  'downwardAPI',
  'projected',
  'csi',
  'ephemeral',
  'image',
  ...driverSources,
];
const rule = 'volume';

export function volumes(place: PodPlace): { readonly faults: readonly RuleFinding[]; readonly known: Volumes } {
  const known = new Map<string, { readonly isClaim: boolean }>(place.added.map((name) => [name, { isClaim: true }]));
  const faults: RuleFinding[] = [];
  const seen = new Set<string>();
  for (const volume of place.spec.at('volumes').items()) {
    const name = volume.at('name');
    // The workload's own volume of this name takes its place.
    if (place.added.includes(name.text)) continue;
    if (name.text !== '') {
      if (seen.has(name.text)) faults.push(duplicate(name, rule));
      seen.add(name.text);
      known.set(name.text, { isClaim: volume.at('persistentVolumeClaim').isSet || volume.at('ephemeral').isSet });
    }
    faults.push(...oneVolume(volume, place));
  }
  return { faults, known };
}

function* oneVolume(volume: Field, place: PodPlace): Faults {
  const name = volume.at('name');
  yield* missing(name, rule);
  if (name.text !== '') yield* all(name, rule, dnsLabel(name.text));
  const [first, ...others] = membersOf(volume, sources);
  for (const other of others) yield forbidden(other, rule, 'may not specify more than 1 volume type');
  if (first !== undefined) yield* source(first, place, name.text);
}

function* source(field: Field, place: PodPlace, name: string): Faults {
  switch (field.step) {
    case 'emptyDir': {
      const limit = quantityOf(field.at('sizeLimit'));
      if (limit !== undefined && limit.nanos < 0n)
        yield forbidden(field.at('sizeLimit'), 'quantity', 'SizeLimit field must be a valid resource quantity');
      return;
    }
    case 'secret':
    case 'configMap':
      yield* missing(field.at(field.step === 'secret' ? 'secretName' : 'name'), rule);
      yield* outside(field.at('defaultMode'), rule, 0, 0o777);
      for (const item of field.at('items').items()) yield* keyToPath(item);
      return;
    case 'persistentVolumeClaim':
      return yield* missing(field.at('claimName'), rule);
    case 'downwardAPI':
      yield* outside(field.at('defaultMode'), rule, 0, 0o777);
      for (const file of field.at('items').items()) yield* downwardFile(file);
      return;
    case 'projected':
      return yield* projected(field);
    case 'csi':
      return yield* csi(field);
    case 'ephemeral':
      return yield* ephemeral(field, place, name);
    case 'image':
      if (place.isPod || isOn('requiresImageOfTemplates', place.minor)) yield* missing(field.at('reference'), rule);
      return yield* unsupported(field.at('pullPolicy'), rule, ['Always', 'IfNotPresent', 'Never']);
    default:
      return yield* driverSource(field);
  }
}

function* csi(field: Field): Faults {
  yield* driverName(field.at('driver'));
  const secret = field.at('nodePublishSecretRef');
  if (!secret.isSet) return;
  yield* missing(secret.at('name'), rule);
  if (secret.at('name').text !== '') yield* all(secret.at('name'), 'reference-name', dnsSubdomain(secret.at('name').text));
}

function* ephemeral(field: Field, { meta, isPod }: PodPlace, name: string): Faults {
  const template = field.at('volumeClaimTemplate');
  if (!template.isSet) return yield required(template, rule);
  const metadata = template.at('metadata');
  yield* templateMetadata(metadata);
  for (const [key, value] of metadata.entries())
    if (value.isSet && value.value !== '' && !['annotations', 'labels', 'creationTimestamp'].includes(key))
      yield forbidden(value, rule, 'cannot be set');
  yield* claimSpec(template.at('spec'));
  if (!isPod || meta.at('name').text === '' || name === '') return;
  const claim = `${meta.at('name').text}-${name}`;
  for (const detail of dnsSubdomain(claim)) yield invalid(field, rule, `PVC name ${JSON.stringify(claim)}: ${detail}`);
}
