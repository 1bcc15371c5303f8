import { type Faults, forbidden, invalid, membersOf, negative, type RuleName, required, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { portNumber, portNumberOrName } from './ports.ts';

/** The three probes of a container. */
export function* probes(container: Field, spec: Field, minor: number): Faults {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container.at(name);
    if (!probe.isSet) continue;
    yield* handler(probe, ['exec', 'httpGet', 'tcpSocket', 'grpc'], 'probe', spec, minor);
    for (const count of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'])
      yield* negative(probe.at(count), 'probe');
    const [grace, success] = [probe.at('terminationGracePeriodSeconds'), probe.at('successThreshold')];
    if (grace.number !== undefined && grace.number <= 0) yield invalid(grace, 'probe', 'must be greater than 0');
    if (name === 'readinessProbe') {
      if (grace.isSet) yield invalid(grace, 'probe', 'must not be set for readinessProbes');
    } else if (success.number !== undefined && success.number > 1) yield invalid(success, 'probe', 'must be 1');
  }
}

export function* lifecycle(field: Field, spec: Field, minor: number): Faults {
  for (const name of ['postStart', 'preStop'])
    if (field.at(name).isSet) yield* handler(field.at(name), ['exec', 'httpGet', 'tcpSocket', 'sleep'], 'lifecycle', spec, minor);
}

function* handler(field: Field, names: readonly string[], rule: RuleName, spec: Field, minor: number): Faults {
  const [first, ...others] = membersOf(field, names);
  if (first === undefined) return yield required(field, rule, 'must specify a handler type');
  for (const other of others) yield forbidden(other, rule, 'may not specify more than 1 handler type');
  if (first.step === 'exec' && first.at('command').size === 0) yield required(first.at('command'), rule);
  if (first.step === 'httpGet') yield* httpGet(first, rule);
  if (first.step === 'tcpSocket') yield* portNumberOrName(first.at('port'), rule);
  if (first.step === 'grpc') {
    if (!first.at('port').isSet) yield required(first.at('port'), rule);
    yield* portNumber(first.at('port'), rule);
  }
  if (first.step === 'sleep') yield* sleep(first, spec, minor);
}

function* httpGet(get: Field, rule: RuleName): Faults {
  yield* portNumberOrName(get.at('port'), rule);
  yield* unsupported(get.at('scheme'), rule, ['HTTP', 'HTTPS']);
  for (const header of get.at('httpHeaders').items())
    if (!/^[-A-Za-z0-9]+$/.test(header.at('name').text))
      yield invalid(header.at('name'), rule, "a valid HTTP header must consist of alphanumeric characters or '-'");
}

function* sleep(action: Field, spec: Field, minor: number): Faults {
  const seconds = action.at('seconds');
  const grace = spec.at('terminationGracePeriodSeconds').number ?? 30;
  const least = isOn('allowsZeroSleep', minor) ? 0 : 1;
  const number = seconds.number ?? 0;
  if (number < least || number > grace)
    yield invalid(
      seconds,
      'lifecycle',
      `must be at least ${least} and not greater than terminationGracePeriodSeconds (${grace})`,
    );
}
