import { all, duplicate, type Faults, invalid, missing, outside, type RuleName, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { portName } from './names.ts';
import type { PodPlace } from './pod-place.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

export function* portNumber(field: Field, rule: RuleName = 'port'): Faults {
  yield* outside(field, rule, 1, 65_535);
}

/** A number or the name of a port; absent is zero, which is not a port. */
export function* portNumberOrName(field: Field, rule: RuleName = 'port'): Faults {
  if (typeof field.value === 'string') yield* all(field, 'port-name', portName(field.text));
  else if (field.isSet) yield* portNumber(field, rule);
  else yield required(field, rule, 'a port number or the name of a port');
}

export function* ports(list: Field): Faults {
  const names = new Set<string>();
  for (const port of list.items()) {
    const [name, number, host] = [port.at('name'), port.at('containerPort'), port.at('hostPort')];
    const wrong = name.text === '' ? [] : portName(name.text);
    yield* all(name, 'port-name', wrong);
    if (wrong.length === 0 && names.has(name.text)) yield duplicate(name, 'port-name');
    if (name.text !== '') names.add(name.text);
    if (number.number === 0) yield required(number, 'port');
    else {
      yield* missing(number, 'port');
      yield* portNumber(number);
    }
    if (host.number !== 0) yield* portNumber(host);
    yield* unsupported(port.at('protocol'), 'port', protocols);
  }
}

/** A port of the node can be taken once, by protocol and address. A pod in the node's network takes each of its ports there. */
export function* hostPorts(containers: readonly Field[], { spec, isPod }: PodPlace): Faults {
  const isHost = isPod && spec.at('hostNetwork').isTrue;
  const seen = new Set<string>();
  for (const container of containers) {
    for (const port of container.at('ports').items()) {
      const host = port.at('hostPort');
      const number = host.number || (isHost ? port.at('containerPort').number : 0);
      if (!number) continue;
      const key = `${port.at('protocol').text || 'TCP'}/${port.at('hostIP').text}/${number}`;
      if (seen.has(key)) yield duplicate(host, 'host-port', key);
      seen.add(key);
    }
  }
}

/** With the network of the node, a port has one number. */
export function* hostNetworkPorts(spec: Field): Faults {
  if (!spec.at('hostNetwork').isTrue) return;
  for (const container of spec.at('containers').items())
    for (const port of container.at('ports').items()) {
      const [host, number] = [port.at('hostPort'), port.at('containerPort')];
      if (host.number && host.number !== number.number)
        yield invalid(host, 'host-port', 'must match `containerPort` when `hostNetwork` is true');
    }
}
