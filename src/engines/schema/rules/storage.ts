import {
  all,
  duplicate,
  type Faults,
  forbidden,
  invalid,
  missing,
  negative,
  outside,
  required,
  tooLong,
  unsupported,
  unsupportedOrEmpty,
} from './faults.ts';
import type { Field } from './field.ts';
import { labelKey, labelSelector } from './labels.ts';
import { repeated } from './metadata.ts';
import { dnsSubdomain, qualifiedName } from './names.ts';
import { quantityOf } from './quantity.ts';
import { quantityFormat } from './resources.ts';
import { driverName } from './volume-files.ts';

const rule = 'storage';
const mostParameters = 512;
const mostBytes = 256 * 1024;

export function* storageClass(object: Field): Faults {
  yield* provisioner(object.at('provisioner'));
  yield* parameters(object.at('parameters'));
  yield* unsupported(object.at('reclaimPolicy'), rule, ['Delete', 'Retain']);
  yield* unsupportedOrEmpty(object.at('volumeBindingMode'), rule, ['Immediate', 'WaitForFirstConsumer']);
  const terms = new Set<string>();
  for (const term of object.at('allowedTopologies').items()) {
    const text = JSON.stringify(term.at('matchLabelExpressions').value ?? []);
    if (terms.has(text) || text === '[]') yield duplicate(term, rule);
    terms.add(text);
    const keys = term
      .at('matchLabelExpressions')
      .items()
      .map((expression) => expression.at('key'));
    yield* repeated(keys, rule);
    for (const expression of term.at('matchLabelExpressions').items()) {
      yield* labelKey(expression.at('key'));
      if (expression.at('values').size === 0) yield required(expression.at('values'), rule);
      yield* repeated(expression.at('values').items(), rule);
    }
  }
}

function* provisioner(field: Field): Faults {
  yield* missing(field, rule);
  if (field.text !== '') yield* all(field, rule, qualifiedName(field.text.toLowerCase()));
}

function* parameters(field: Field): Faults {
  if (field.size > mostParameters) return yield tooLong(field, rule, mostParameters, 'items');
  let size = 0;
  for (const [key, value] of field.entries()) {
    if (key === '') yield invalid(value, rule, 'field can not be empty.');
    size += Buffer.byteLength(key) + Buffer.byteLength(value.text);
  }
  if (size > mostBytes) yield tooLong(field, rule, mostBytes);
}

export function* volumeAttributesClass(object: Field): Faults {
  yield* provisioner(object.at('driverName'));
  if (object.at('parameters').size === 0)
    yield required(object.at('parameters'), rule, 'must contain at least one key/value pair');
  yield* parameters(object.at('parameters'));
}

export function* csiDriver(object: Field): Faults {
  const spec = object.at('spec');
  yield* unsupportedOrEmpty(spec.at('fsGroupPolicy'), rule, ['File', 'None', 'ReadWriteOnceWithFSType']);
  for (const mode of spec.at('volumeLifecycleModes').items()) yield* unsupportedOrEmpty(mode, rule, ['Persistent', 'Ephemeral']);
  const seen = new Set<string>();
  for (const request of spec.at('tokenRequests').items()) {
    const audience = request.at('audience');
    if (seen.has(audience.text)) yield duplicate(audience, rule);
    seen.add(audience.text);
    yield* outside(request.at('expirationSeconds'), rule, 600, 2 ** 32);
  }
  const update = spec.at('nodeAllocatableUpdatePeriodSeconds');
  if (update.number !== undefined && update.number < 10)
    yield invalid(update, rule, 'must be greater than or equal to 10 seconds');
}

export function* csiNode(object: Field): Faults {
  const drivers = object.at('spec', 'drivers').items();
  yield* repeated(
    drivers.map((driver) => driver.at('name')),
    rule,
  );
  for (const driver of drivers) {
    yield* driverName(driver.at('name'));
    yield* missing(driver.at('nodeID'), rule);
    if (driver.at('nodeID').text.length > 256) yield invalid(driver.at('nodeID'), rule, 'must be 256 characters or less');
    yield* negative(driver.at('allocatable', 'count'), rule);
    yield* repeated(driver.at('topologyKeys').items(), rule);
    for (const key of driver.at('topologyKeys').items()) yield* all(key, rule, qualifiedName(key.text));
  }
}

export function* csiStorageCapacity(object: Field): Faults {
  yield* labelSelector(object.at('nodeTopology'));
  yield* all(object.at('storageClassName'), 'reference-name', dnsSubdomain(object.at('storageClassName').text));
  for (const name of ['capacity', 'maximumVolumeSize']) yield* quantityFormat(object.at(name));
  if ((quantityOf(object.at('capacity'))?.nanos ?? 0n) < 0n)
    yield invalid(object.at('capacity'), 'quantity', 'must be greater than or equal to 0');
}

export function* volumeAttachment(object: Field): Faults {
  const spec = object.at('spec');
  const [inline, volume] = [spec.at('source', 'inlineVolumeSpec'), spec.at('source', 'persistentVolumeName')];
  yield* driverName(spec.at('attacher'));
  if (!inline.isSet && !volume.isSet)
    yield required(spec.at('source'), rule, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName');
  if (inline.isSet && volume.isSet)
    yield forbidden(spec.at('source'), rule, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName');
  if (volume.isSet) yield* all(volume, 'reference-name', dnsSubdomain(volume.text));
  yield* all(spec.at('nodeName'), 'reference-name', dnsSubdomain(spec.at('nodeName').text));
}
