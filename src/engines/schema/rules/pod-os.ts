import { type Faults, forbidden, invalid, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { allContainers } from './pod-place.ts';

const rule = 'security-context';
const notOnWindows = {
  pod: ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'],
  podContext: [
    ...[
      'appArmorProfile',
      'seLinuxOptions',
      'seccompProfile',
      'fsGroup',
      'fsGroupChangePolicy',
      'sysctls',
      'runAsUser',
      'runAsGroup',
    ],
    ...['supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'],
  ],
  container: [
    ...['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged'],
    ...['allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup'],
  ],
};

/** What a pod of one operating system may not set, and containers in the host's process space. */
export function* osRules(spec: Field): Faults {
  const name = spec.at('os', 'name');
  if (spec.at('os').isSet && name.text === '') yield required(name, 'pod');
  yield* unsupported(name, 'pod', ['linux', 'windows']);
  if (name.text === 'linux') yield* linux(spec);
  if (name.text === 'windows') yield* windows(spec);
  yield* hostProcess(spec);
}

function* linux(spec: Field): Faults {
  for (const place of [spec, ...allContainers(spec)]) {
    const options = place.at('securityContext', 'windowsOptions');
    if (options.isSet) yield forbidden(options, rule, 'windows options cannot be set for a linux pod');
  }
}

function* windows(spec: Field): Faults {
  const isGiven = (field: Field) => field.isSet && !((field.step === 'hostPID' || field.step === 'hostIPC') && !field.isTrue);
  const fields = [
    ...notOnWindows.pod.map((name) => spec.at(name)),
    ...notOnWindows.podContext.map((name) => spec.at('securityContext', name)),
    ...allContainers(spec).flatMap((container) => notOnWindows.container.map((name) => container.at('securityContext', name))),
  ];
  for (const field of fields.filter(isGiven))
    if (field.step !== 'sysctls' || field.size > 0) yield forbidden(field, rule, 'cannot be set for a windows pod');
}

function* hostProcess(spec: Field): Faults {
  const ofPod = spec.at('securityContext', 'windowsOptions', 'hostProcess');
  const list = allContainers(spec);
  const own = list.map((container) => container.at('securityContext', 'windowsOptions', 'hostProcess'));
  for (const field of own)
    if (field.isSet && ofPod.isSet && field.value !== ofPod.value)
      yield invalid(field, rule, `pod hostProcess value must be identical if both are specified, was ${ofPod.value}`);
  const count = own.filter((field) => field.isTrue || (!field.isSet && ofPod.isTrue)).length;
  if (count === 0) return;
  if (count !== list.length)
    yield invalid(ofPod, rule, 'If pod contains any hostProcess containers then all containers must be HostProcess containers');
  if (!spec.at('hostNetwork').isTrue)
    yield invalid(spec.at('hostNetwork'), rule, 'hostNetwork must be true if pod contains any hostProcess containers');
}
