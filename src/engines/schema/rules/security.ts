import {
  duplicate,
  type Faults,
  forbidden,
  invalid,
  invalidKey,
  missing,
  outside,
  required,
  tooLong,
  unsupported,
  unsupportedOrEmpty,
} from './faults.ts';
import type { Field } from './field.ts';
import { relativePath } from './paths.ts';
import type { PodPlace } from './pod-place.ts';
import { allContainers } from './pod-place.ts';
import { windowsOptions } from './windows.ts';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const idMost = 2 ** 31 - 1;
const sysctlPattern = /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const rule = 'security-context';

export function* podSecurity(spec: Field): Faults {
  const context = spec.at('securityContext');
  for (const name of ['fsGroup', 'runAsUser', 'runAsGroup']) yield* outside(context.at(name), rule, 0, idMost);
  for (const group of context.at('supplementalGroups').items()) yield* outside(group, rule, 0, idMost);
  if (spec.at('shareProcessNamespace').isTrue && spec.at('hostPID').isTrue)
    yield invalid(spec.at('shareProcessNamespace'), rule, 'ShareProcessNamespace and HostPID cannot both be enabled');
  yield* sysctls(context.at('sysctls'), spec);
  yield* unsupportedOrEmpty(context.at('fsGroupChangePolicy'), rule, ['Always', 'OnRootMismatch']);
  yield* unsupportedOrEmpty(context.at('supplementalGroupsPolicy'), rule, ['Merge', 'Strict']);
  yield* unsupportedOrEmpty(context.at('seLinuxChangePolicy'), rule, ['MountOption', 'Recursive']);
  yield* profiles(context);
  yield* windowsOptions(context.at('windowsOptions'));
  if (!spec.at('hostUsers').isFalse) return;
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec.at(name).isTrue) yield forbidden(spec.at(name), rule, 'when `hostUsers` is false');
  for (const container of allContainers(spec))
    if (container.at('volumeDevices').size > 0) yield forbidden(container.at('volumeDevices'), rule, 'when `hostUsers` is false');
}

function* sysctls(list: Field, spec: Field): Faults {
  const seen = new Set<string>();
  for (const sysctl of list.items()) {
    const name = sysctl.at('name');
    yield* missing(name, rule);
    if (name.text === '') continue;
    if (name.text.length > 253 || !sysctlPattern.test(name.text))
      yield invalid(name, rule, 'must have at most 253 characters and be segments of a-z, 0-9, - and _ with . or / between them');
    else if (seen.has(name.text)) yield duplicate(name, rule);
    seen.add(name.text);
    const dotted = name.text.replaceAll('/', '.');
    if (spec.at('hostNetwork').isTrue && dotted.startsWith('net.'))
      yield invalid(name, rule, "may not be specified when 'hostNetwork' is true");
    if (spec.at('hostIPC').isTrue && (/^(?:kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(dotted) || dotted === 'kernel.sem'))
      yield invalid(name, rule, "may not be specified when 'hostIPC' is true");
  }
}

/** seccompProfile and appArmorProfile. */
function* profiles(context: Field): Faults {
  const [seccomp, apparmor] = [context.at('seccompProfile'), context.at('appArmorProfile')];
  for (const profile of [seccomp, apparmor]) {
    if (!profile.isSet) continue;
    const [type, file] = [profile.at('type'), profile.at('localhostProfile')];
    yield* missing(type, rule, `type is required when ${profile.step} is set`);
    yield* unsupported(type, rule, profileTypes);
    if (type.text !== 'Localhost') {
      if (file.isSet && profileTypes.includes(type.text)) yield invalid(file, rule, 'can only be set when the type is Localhost');
    } else if (!file.isSet) yield required(file, rule, 'must be set when the type is Localhost');
  }
  if (seccomp.at('type').text === 'Localhost') yield* relativePath(seccomp.at('localhostProfile'), rule);
  const file = apparmor.at('localhostProfile');
  if (apparmor.at('type').text !== 'Localhost' || !file.isSet) return;
  if (file.text !== file.text.trim()) yield invalid(file, rule, 'must not be padded with whitespace');
  else if (file.text === '') yield required(file, rule, 'must be set when AppArmor type is Localhost');
  if (file.text.length > 4095) yield tooLong(file, rule, 4095);
}

export function* containerSecurity(container: Field, spec: Field): Faults {
  const context = container.at('securityContext');
  if (!context.isSet) return;
  for (const name of ['runAsUser', 'runAsGroup']) yield* outside(context.at(name), rule, 0, idMost);
  const mount = context.at('procMount');
  yield* unsupportedOrEmpty(mount, rule, ['Default', 'Unmasked']);
  if (mount.text === 'Unmasked' && !spec.at('hostUsers').isFalse)
    yield invalid(mount, rule, '`hostUsers` must be false to use `Unmasked`');
  yield* profiles(context);
  const escalation = context.at('allowPrivilegeEscalation');
  if (escalation.isFalse) {
    if (context.at('privileged').isTrue)
      yield invalid(escalation, rule, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    if (context.at('capabilities', 'add').texts().includes('CAP_SYS_ADMIN'))
      yield invalid(escalation, rule, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
  }
  yield* windowsOptions(context.at('windowsOptions'));
}

const appArmor = 'container.apparmor.security.beta.kubernetes.io/';
const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompOfContainer = 'container.seccomp.security.alpha.kubernetes.io/';

/** Annotations that are settings of the pod. */
export function* podAnnotations(annotations: Field, { spec }: PodPlace): Faults {
  const mirror = annotations.at('kubernetes.io/config.mirror');
  if (mirror.isSet && spec.at('nodeName').text === '')
    yield invalid(mirror, 'pod', 'must set spec.nodeName if mirror pod annotation is set');
  const cost = annotations.at('controller.kubernetes.io/pod-deletion-cost');
  if (cost.value !== undefined && !isInt32(cost.text)) yield invalid(cost, 'pod', 'must be a 32bit integer');
  for (const [key, value] of annotations.entries()) {
    if (key === seccompOfPod || key.startsWith(seccompOfContainer)) yield* seccomp(value);
    if (!key.startsWith(appArmor)) continue;
    const names = allContainers(spec).map((container) => container.at('name').text);
    if (!names.includes(key.slice(appArmor.length))) yield invalidKey(value, rule, 'container not found');
    if (!/^(?:$|runtime\/default$|unconfined$|localhost\/)/.test(value.text))
      yield invalid(value, rule, 'invalid AppArmor profile name');
  }
  yield* matchingProfiles(annotations, spec);
}

const isInt32 = (text: string) => /^(?:0|-?[1-9]\d{0,9})$/.test(text) && Number(text) <= idMost && Number(text) >= -idMost - 1;

function* seccomp(value: Field): Faults {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(value.text)) return;
  const [, file] = /^localhost\/(.*)$/s.exec(value.text) ?? [];
  if (file === undefined || file.startsWith('/') || file.split('/').includes('..'))
    yield invalid(value, rule, 'must be a valid seccomp profile');
}

/** A profile in an annotation and in the field must be the same. */
function* matchingProfiles(annotations: Field, spec: Field): Faults {
  yield* sameProfile(annotations.at(seccompOfPod), spec.at('securityContext', 'seccompProfile'));
  const ofPod = spec.at('securityContext', 'appArmorProfile');
  for (const container of allContainers(spec)) {
    const name = container.at('name').text;
    const own = container.at('securityContext', 'appArmorProfile');
    yield* sameProfile(annotations.at(seccompOfContainer + name), container.at('securityContext', 'seccompProfile'));
    if (spec.at('os', 'name').text !== 'windows') yield* sameProfile(annotations.at(appArmor + name), own.isSet ? own : ofPod);
  }
}

function* sameProfile(annotation: Field, profile: Field): Faults {
  if (!annotation.isSet || !profile.isSet) return;
  const expected: Readonly<Record<string, readonly string[]>> = {
    Unconfined: ['unconfined'],
    RuntimeDefault: ['runtime/default', ...(profile.step === 'seccompProfile' ? ['docker/default'] : [])],
    Localhost: [`localhost/${profile.at('localhostProfile').text}`],
  };
  const values = expected[profile.at('type').text];
  if (values !== undefined && !values.includes(annotation.text))
    yield forbidden(profile.at('type'), rule, `the annotation ${JSON.stringify(annotation.step)} and this field must match`);
}
