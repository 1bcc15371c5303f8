import { parseRange } from '../../ip-address.ts';
import { isAddress, isIPv6Address, rangeOf } from './addresses.ts';
import { all, type Faults, invalid, missing, required } from './faults.ts';
import type { Field } from './field.ts';
import { dnsSubdomain, pathSegment } from './names.ts';

/** IPAddress: its name is the address. */
export function* ipAddress(object: Field): Faults {
  const [name, parent] = [object.at('metadata', 'name'), object.at('spec', 'parentRef')];
  if (name.text !== '' && !isAddress(name.text))
    yield invalid(name, 'ip', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  if (!parent.isSet) return yield required(parent, 'ip');
  if (parent.at('group').text !== '') yield* all(parent.at('group'), 'ip', dnsSubdomain(parent.at('group').text));
  for (const field of ['resource', 'name']) yield* missing(parent.at(field), 'ip');
  for (const field of ['resource', 'name', 'namespace']) yield* all(parent.at(field), 'ip', pathSegment(parent.at(field).text));
}

export function* serviceCidr(object: Field): Faults {
  const cidrs = object.at('spec', 'cidrs');
  if (cidrs.size === 0) return yield required(cidrs, 'ip', 'at least one CIDR required');
  if (cidrs.size > 2) return yield invalid(cidrs, 'ip', 'may only hold up to 2 values');
  for (const cidr of cidrs.items()) yield* rangeOf(cidr, cidr.text, true);
  const [one, two] = cidrs.texts();
  if (one === undefined || two === undefined || !parseRange(one) || !parseRange(two)) return;
  if (isIPv6Address(one) === isIPv6Address(two)) yield invalid(cidrs, 'ip', 'may specify no more than one IP for each IP family');
}
