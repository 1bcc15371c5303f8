import { env, envFrom, fileKeys } from './env.ts';
import {
  all,
  duplicate,
  type Faults,
  forbidden,
  invalid,
  missing,
  required,
  tooMany,
  unsupported,
  unsupportedOrEmpty,
} from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { lifecycle, probes } from './handlers.ts';
import { dnsLabel } from './names.ts';
import type { PodPlace } from './pod-place.ts';
import { hostNetworkPorts, hostPorts, ports } from './ports.ts';
import { containerResources } from './resources.ts';
import { containerSecurity } from './security.ts';
import { devices, mounts } from './volume-mounts.ts';
import type { Volumes } from './volumes.ts';

export function* containers(place: PodPlace, volumes: Volumes): Faults {
  const { spec, minor } = place;
  const list = spec.at('containers');
  if (list.size === 0) yield required(list, 'container');
  const initial = spec.at('initContainers').items();
  yield* uniqueNames([...list.items(), ...initial]);
  for (const container of list.items()) {
    yield* common(container, place, volumes);
    yield* lifecycle(container.at('lifecycle'), spec, minor);
    yield* probes(container, spec, minor);
    if (isOn('allowsRestartRules', minor)) yield* restartRules(container, minor);
    else if (container.at('restartPolicy').isSet)
      yield forbidden(container.at('restartPolicy'), 'restart-policy', 'may not be set for non-init containers');
  }
  yield* hostPorts(list.items(), place);
  yield* hostNetworkPorts(spec);
  for (const container of initial) {
    yield* common(container, place, volumes);
    yield* initContainer(container, place);
    yield* hostPorts([container], place);
  }
  if (isOn('allowsFileKeyRef', minor)) yield* fileKeys([...list.items(), ...initial], spec.at('volumes'));
}

function* uniqueNames(list: readonly Field[]): Faults {
  const seen = new Set<string>();
  for (const container of list) {
    const name = container.at('name');
    if (name.text === '') continue;
    if (seen.has(name.text)) yield duplicate(name, 'container-name');
    seen.add(name.text);
  }
}

function* common(container: Field, place: PodPlace, volumes: Volumes): Faults {
  const { spec, minor, isPod } = place;
  const [name, image] = [container.at('name'), container.at('image')];
  yield* missing(name, 'container-name');
  if (name.text !== '') yield* all(name, 'container-name', dnsLabel(name.text));
  yield* missing(image, 'image');
  if (isPod && image.text !== image.text.trim()) yield invalid(image, 'image', 'must not have leading or trailing whitespace');
  yield* unsupported(container.at('imagePullPolicy'), 'image', ['Always', 'IfNotPresent', 'Never']);
  yield* unsupported(container.at('terminationMessagePolicy'), 'container', ['FallbackToLogsOnError', 'File']);
  yield* ports(container.at('ports'));
  yield* env(container.at('env'), minor);
  yield* envFrom(container.at('envFrom'), minor);
  yield* mounts(container, volumes);
  yield* devices(container, volumes);
  yield* containerResources(container.at('resources'), place);
  yield* resizePolicies(container.at('resizePolicy'), spec);
  yield* containerSecurity(container, spec);
}

function* resizePolicies(policies: Field, spec: Field): Faults {
  const seen = new Set<string>();
  for (const policy of policies.items()) {
    const [name, restart] = [policy.at('resourceName'), policy.at('restartPolicy')];
    if (seen.has(name.text)) yield duplicate(policy, 'resources', name.text);
    seen.add(name.text);
    yield* missing(name, 'resources');
    yield* unsupported(name, 'resources', ['cpu', 'memory']);
    yield* missing(restart, 'resources');
    yield* unsupported(restart, 'resources', ['NotRequired', 'RestartContainer']);
    if (spec.at('restartPolicy').text === 'Never' && restart.text !== 'NotRequired')
      yield invalid(restart, 'resources', "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
  }
}

function* initContainer(container: Field, { spec, minor }: PodPlace): Faults {
  const policy = container.at('restartPolicy');
  const rules = container.at('restartPolicyRules');
  const isSidecar = policy.text === 'Always';
  if (!isOn('allowsRestartRules', minor)) yield* unsupported(policy, 'restart-policy', ['Always']);
  else if (isSidecar && !isOn('allowsRestartAllContainers', minor)) {
    if (rules.size > 0)
      yield forbidden(
        rules,
        'restart-policy',
        'restartPolicyRules are not allowed for init containers with restart policy Always',
      );
  } else yield* restartRules(container, minor);
  if (isSidecar) {
    yield* lifecycle(container.at('lifecycle'), spec, minor);
    yield* probes(container, spec, minor);
    return;
  }
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'])
    if (container.at(name).isSet)
      yield forbidden(container.at(name), 'init-container', 'may not be set for init containers without restartPolicy=Always');
  for (const resize of container.at('resizePolicy').items())
    if (resize.at('restartPolicy').text === 'RestartContainer')
      yield invalid(
        resize.at('restartPolicy'),
        'init-container',
        "must not be set to 'RestartContainer' for non-sidecar initContainers",
      );
}

function* restartRules(container: Field, minor: number): Faults {
  const policy = container.at('restartPolicy');
  const rules = container.at('restartPolicyRules');
  if (!policy.isSet && rules.size > 0)
    yield required(policy, 'restart-policy', 'must specify restartPolicy when restart rules are used');
  yield* unsupportedOrEmpty(policy, 'restart-policy', ['Always', 'Never', 'OnFailure']);
  if (rules.size > 20) yield tooMany(rules, 'restart-policy', 20);
  for (const rule of rules.items()) {
    const codes = rule.at('exitCodes');
    const actions = isOn('allowsRestartAllContainers', minor) ? ['Restart', 'RestartAllContainers'] : ['Restart'];
    yield* missing(rule.at('action'), 'restart-policy');
    yield* unsupported(rule.at('action'), 'restart-policy', actions);
    if (!codes.isSet) yield required(codes, 'restart-policy', 'must be specified');
    if (codes.isSet) yield* missing(codes.at('operator'), 'restart-policy');
    yield* unsupported(codes.at('operator'), 'restart-policy', ['In', 'NotIn']);
    if (codes.at('values').size > 255) yield tooMany(codes.at('values'), 'restart-policy', 255);
  }
}
