import { type Faults, forbidden, invalid, missing, notFound, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { hasBacksteps, relativePath } from './paths.ts';
import type { Volumes } from './volumes.ts';

const rule = 'volume-mount';
const advice = 'must be the name of a volume of the pod';

export function* mounts(container: Field, volumes: Volumes): Faults {
  const devices = container.at('volumeDevices').items();
  const seen = new Set<string>();
  for (const mount of container.at('volumeMounts').items()) {
    const [name, path] = [mount.at('name'), mount.at('mountPath')];
    yield* missing(name, rule);
    if (name.text !== '' && !volumes.has(name.text)) yield notFound(name, rule, advice);
    yield* missing(path, rule);
    if (path.text !== '' && seen.has(path.text)) yield invalid(path, rule, 'must be unique');
    seen.add(path.text);
    if (devices.some((device) => device.at('name').text === name.text))
      yield invalid(name, rule, 'must not already exist in volumeDevices');
    if (devices.some((device) => device.at('devicePath').text === path.text))
      yield invalid(path, rule, 'must not already exist as a path in volumeDevices');
    yield* options(mount, container);
  }
}

function* options(mount: Field, container: Field): Faults {
  const [path, expression, propagation, recursive] = ['subPath', 'subPathExpr', 'mountPropagation', 'recursiveReadOnly'].map(
    (name) => mount.at(name),
  );
  if (path === undefined || expression === undefined || propagation === undefined || recursive === undefined) return;
  yield* relativePath(path, rule);
  if (expression.text !== '' && path.text !== '')
    yield invalid(expression, rule, 'subPathExpr and subPath are mutually exclusive');
  yield* relativePath(expression, rule);
  yield* unsupportedOrEmpty(propagation, rule, ['Bidirectional', 'HostToContainer', 'None']);
  if (propagation.text === 'Bidirectional' && !container.at('securityContext', 'privileged').isTrue)
    yield forbidden(propagation, rule, 'Bidirectional mount propagation is available only to privileged containers');
  yield* unsupportedOrEmpty(recursive, rule, ['Disabled', 'Enabled', 'IfPossible']);
  if (recursive.text !== 'Enabled' && recursive.text !== 'IfPossible') return;
  if (!mount.at('readOnly').isTrue) yield forbidden(recursive, rule, 'may only be specified when readOnly is true');
  if (propagation.isSet && propagation.text !== 'None')
    yield forbidden(recursive, rule, 'may only be specified when mountPropagation is `None` or not specified');
}

export function* devices(container: Field, volumes: Volumes): Faults {
  const [names, paths] = [new Set<string>(), new Set<string>()];
  for (const device of container.at('volumeDevices').items()) {
    const [name, path] = [device.at('name'), device.at('devicePath')];
    yield* missing(name, rule);
    yield* missing(path, rule);
    const volume = volumes.get(name.text);
    if (name.text !== '' && volume === undefined) yield notFound(name, rule, advice);
    if (volume?.isClaim === false)
      yield invalid(name, rule, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
    if (name.text !== '' && names.has(name.text)) yield invalid(name, rule, 'must be unique');
    if (path.text !== '' && paths.has(path.text)) yield invalid(path, rule, 'must be unique');
    if (hasBacksteps(path.text)) yield invalid(path, rule, "can not contain backsteps ('..')");
    names.add(name.text);
    paths.add(path.text);
  }
}
