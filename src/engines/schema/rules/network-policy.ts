import { isWithin, parseRange } from '../../ip-address.ts';
import type { RuleContext } from '../rule.ts';
import { range } from './addresses.ts';
import { type Faults, forbidden, invalid, required, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { portNumber, portNumberOrName, protocols } from './ports.ts';

const rule = 'network-policy';

export function* networkPolicy(object: Field, { minor }: RuleContext): Faults {
  const spec = object.at('spec');
  yield* labelSelector(spec.at('podSelector'));
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const one of spec.at(direction).items()) {
      for (const port of one.at('ports').items()) yield* portFaults(port);
      for (const peer of one.at(peers).items()) yield* peerFaults(peer, minor);
    }
  }
  const types = spec.at('policyTypes');
  if (types.size > 2) yield invalid(types, rule, 'may not specify more than two policyTypes');
  else for (const type of types.items()) yield* unsupportedOrEmpty(type, rule, ['Ingress', 'Egress']);
}

function* portFaults(field: Field): Faults {
  const [port, end] = [field.at('port'), field.at('endPort')];
  yield* unsupportedOrEmpty(field.at('protocol'), rule, protocols);
  if (port.isSet) yield* portNumberOrName(port);
  if (!end.isSet) return;
  if (!port.isSet) yield invalid(end, rule, 'may not be specified when `port` is not specified');
  else if (typeof port.value === 'string') yield invalid(end, rule, 'may not be specified when `port` is non-numeric');
  else {
    if ((end.number ?? 0) < (port.number ?? 0)) yield invalid(end, rule, 'must be greater than or equal to `port`');
    yield* portNumber(end);
  }
}

function* peerFaults(peer: Field, minor: number): Faults {
  const [pods, namespaces, block] = [peer.at('podSelector'), peer.at('namespaceSelector'), peer.at('ipBlock')];
  if (!pods.isSet && !namespaces.isSet && !block.isSet) yield required(peer, rule, 'must specify a peer');
  yield* labelSelector(pods);
  yield* labelSelector(namespaces);
  if (!block.isSet) return;
  if (pods.isSet || namespaces.isSet) yield forbidden(peer, rule, 'may not specify both ipBlock and another peer');
  const cidr = block.at('cidr');
  if (cidr.text === '') return yield required(cidr, rule);
  yield* range(cidr, minor);
  const outer = parseRange(cidr.text);
  for (const except of outer === undefined ? [] : block.at('except').items()) {
    yield* range(except, minor);
    const inner = parseRange(except.text);
    if (outer !== undefined && inner !== undefined && !isWithin(inner, outer))
      yield invalid(except, rule, 'must be a strict subset of `cidr`');
  }
}
