import { fieldRef, resourceFieldRef, volumeFields } from './env.ts';
import { all, type Faults, invalid, missing, outside, required } from './faults.ts';
import type { Field } from './field.ts';
import { dnsSubdomain } from './names.ts';
import { filePath } from './paths.ts';

const rule = 'volume';

/** A key of a ConfigMap or Secret as a file. */
export function* keyToPath(item: Field): Faults {
  yield* missing(item.at('key'), rule);
  yield* missing(item.at('path'), rule);
  yield* filePath(item.at('path'), rule);
  yield* outside(item.at('mode'), rule, 0, 0o777);
}

/** A field of the pod as a file. */
export function* downwardFile(file: Field): Faults {
  const [field, resource] = [file.at('fieldRef'), file.at('resourceFieldRef')];
  yield* missing(file.at('path'), rule);
  yield* filePath(file.at('path'), rule);
  if (field.isSet) {
    yield* fieldRef(field, volumeFields);
    if (resource.isSet) yield invalid(file, rule, 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (resource.isSet) yield* resourceFieldRef(resource, true);
  else yield required(file, rule, 'one of fieldRef and resourceFieldRef is required');
  yield* outside(file.at('mode'), rule, 0, 0o777);
}

/** The name of a CSI driver. */
export function* driverName(field: Field): Faults {
  yield* missing(field, rule);
  if (field.text === '') return;
  if (field.text.length > 63) yield invalid(field, rule, 'must be no more than 63 characters');
  yield* all(field, rule, dnsSubdomain(field.text.toLowerCase()));
}
