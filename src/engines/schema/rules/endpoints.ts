import type { RuleContext } from '../rule.ts';
import { address, endpointAddress, isIPv6Address } from './addresses.ts';
import { all, duplicate, type Faults, invalid, missing, outside, required, tooMany, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { repeated } from './metadata.ts';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from './names.ts';
import { protocols } from './ports.ts';

const rule = 'endpoints';

export function* endpoints(object: Field, { minor }: RuleContext): Faults {
  for (const subset of object.at('subsets').items()) {
    const addresses = [...subset.at('addresses').items(), ...subset.at('notReadyAddresses').items()];
    if (addresses.length === 0) yield required(subset, rule, 'must specify `addresses` or `notReadyAddresses`');
    for (const one of addresses) {
      yield* address(one.at('ip'), minor);
      yield* endpointAddress(one.at('ip'));
      yield* place(one);
    }
    const ports = subset.at('ports').items();
    for (const port of ports) {
      if (ports.length > 1) yield* missing(port.at('name'), rule);
      if (!port.at('port').isSet) yield required(port.at('port'), rule);
      yield* outside(port.at('port'), rule, 1, 65_535);
      yield* portFaults(port, false);
    }
  }
}

function* place(one: Field): Faults {
  const [host, node] = [one.at('hostname'), one.at('nodeName')];
  if (host.text !== '') yield* all(host, 'hostname', dnsLabel(host.text));
  if (node.isSet) yield* all(node, 'reference-name', dnsSubdomain(node.text));
}

function* portFaults(port: Field, isSlice: boolean): Faults {
  const [name, protocol] = [port.at('name'), port.at('appProtocol')];
  if (name.text !== '') yield* all(name, rule, dnsLabel(name.text));
  yield* unsupported(port.at('protocol'), rule, protocols);
  if (isSlice && port.at('protocol').value === '') yield invalid(port.at('protocol'), rule, 'must be SCTP, TCP or UDP');
  if (protocol.isSet) yield* all(protocol, rule, qualifiedName(protocol.text));
}

export function* endpointSlice(object: Field, { minor }: RuleContext): Faults {
  const [type, list, ports] = [object.at('addressType'), object.at('endpoints'), object.at('ports')];
  yield* missing(type, rule);
  yield* unsupported(type, rule, ['FQDN', 'IPv4', 'IPv6']);
  if (ports.size > 20_000) yield tooMany(ports, rule, 20_000);
  const names = new Set<string>();
  for (const port of ports.items()) {
    const { text } = port.at('name');
    if (names.has(text)) yield duplicate(port.at('name'), rule, text);
    names.add(text);
    yield* portFaults(port, true);
  }
  if (list.size > 1000) return yield tooMany(list, rule, 1000);
  for (const one of list.items()) yield* endpoint(one, type.text, minor);
}

function* endpoint(one: Field, type: string, minor: number): Faults {
  const addresses = one.at('addresses');
  if (addresses.size === 0) yield required(addresses, rule, 'must contain at least 1 address');
  if (addresses.size > 100) yield tooMany(addresses, rule, 100);
  for (const field of addresses.items()) {
    if (type === 'FQDN') {
      const name = field.text.replace(/\.$/, '');
      yield* all(field, rule, dnsSubdomain(name));
      if (!name.includes('.')) yield invalid(field, rule, 'should be a domain with at least two segments separated by dots');
    } else {
      yield* address(field, minor);
      yield* endpointAddress(field);
      if (isIPv6Address(field.text) !== (type === 'IPv6')) yield invalid(field, rule, `must be an ${type} address`);
    }
  }
  const [host, node, zones] = [one.at('hostname'), one.at('nodeName'), one.at('hints', 'forZones')];
  if (host.isSet) yield* all(host, 'hostname', dnsLabel(host.text));
  if (node.isSet) yield* all(node, 'reference-name', dnsSubdomain(node.text));
  if (zones.size > 8) yield tooMany(zones, rule, 8);
  yield* repeated(
    zones.items().map((zone) => zone.at('name')),
    rule,
  );
  for (const zone of zones.items()) yield* all(zone.at('name'), 'label-value', labelValue(zone.at('name').text));
}
