import { isArray } from '../../../model/json.ts';
import type { RuleContext } from '../rule.ts';
import { address, endpointAddress, isAddress, isIPv6Address, rangeOf } from './addresses.ts';
import { all, duplicate, type Faults, forbidden, invalid, outside, required, unsupported, unsupportedOrEmpty } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { labelMap } from './labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';
import { portNumberOrName, protocols } from './ports.ts';

const rule = 'service';

export function* service(object: Field, { minor }: RuleContext): Faults {
  const spec = object.at('spec');
  const type = spec.at('type').text || 'ClusterIP';
  yield* unsupported(spec.at('type'), rule, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
  const isHeadless = clusterAddresses(spec).length === 1 && clusterAddresses(spec)[0]?.text === 'None';
  if (spec.at('ports').size === 0 && !isHeadless && type !== 'ExternalName') yield required(spec.at('ports'), 'service-port');
  if (isHeadless && (type === 'LoadBalancer' || type === 'NodePort'))
    yield invalid(spec.at('clusterIP'), rule, `may not be set to 'None' for ${type} services`);
  if (type === 'ExternalName') yield* externalName(spec);
  else yield* clusterIPs(spec, isHeadless, minor);
  yield* ports(spec, type);
  yield* labelMap(spec.at('selector'));
  yield* affinity(spec);
  for (const ip of spec.at('externalIPs').items()) {
    yield* address(ip, minor);
    yield* endpointAddress(ip);
  }
  yield* loadBalancer(object, type, minor);
  yield* traffic(spec, type, minor);
  const [mode, hints] = ['service.kubernetes.io/topology-mode', 'service.kubernetes.io/topology-aware-hints'].map((key) =>
    object.at('metadata', 'annotations', key),
  );
  if (mode?.isSet && hints?.isSet && mode.text !== hints.text)
    yield invalid(mode, rule, `must match annotations[${hints.step}] when both are specified`);
}

/** `clusterIPs`, or `clusterIP` where it is absent. */
function clusterAddresses(spec: Field): readonly Field[] {
  const list = spec.at('clusterIPs');
  if (list.size > 0) return list.items();
  return spec.at('clusterIP').text === '' ? [] : [spec.at('clusterIP')];
}

function* externalName(spec: Field): Faults {
  const name = spec.at('externalName');
  for (const address of clusterAddresses(spec)) yield forbidden(address, rule, 'may not be set for ExternalName services');
  for (const other of ['ipFamilies', 'ipFamilyPolicy'])
    if (spec.at(other).isSet && !(isArray(spec.at(other).value) && spec.at(other).size === 0))
      yield forbidden(spec.at(other), rule, 'may not be set for ExternalName services');
  const domain = name.text.replace(/\.$/, '');
  if (domain === '') yield required(name, rule);
  else yield* all(name, rule, dnsSubdomain(domain));
}

function* clusterIPs(spec: Field, isHeadless: boolean, minor: number): Faults {
  const [first, list, families] = [spec.at('clusterIP'), spec.at('clusterIPs'), spec.at('ipFamilies')];
  if (list.size > 0 && first.text === '') yield invalid(list, rule, 'must be empty when `clusterIP` is not specified');
  else if (list.size > 0 && list.at(0).text !== first.text) yield invalid(list, rule, 'first value must match `clusterIP`');
  const seen = new Set<string>();
  for (const family of families.items()) {
    yield* unsupportedOrEmpty(family, rule, ['IPv4', 'IPv6']);
    if (seen.has(family.text)) yield duplicate(family, rule);
    seen.add(family.text);
  }
  yield* unsupportedOrEmpty(spec.at('ipFamilyPolicy'), rule, ['PreferDualStack', 'RequireDualStack', 'SingleStack']);
  const addresses = clusterAddresses(spec);
  for (const [index, one] of addresses.entries()) {
    if (index > 0 || one.text !== 'None') yield* address(one, minor);
    else if (addresses.length > 1) yield invalid(list, rule, "'None' must be the first and only value");
  }
  if (addresses.length > 2) yield invalid(list, rule, 'may only hold up to 2 values');
  if (isHeadless || !addresses.every(({ text }) => isAddress(text))) return;
  const [one, two] = addresses.map(({ text }) => isIPv6Address(text));
  if (addresses.length === 2 && one === two) yield invalid(list, rule, 'may specify no more than one IP for each IP family');
  for (const [index, field] of addresses.entries()) {
    const family = families.at(index).text;
    if (family === 'IPv4' || family === 'IPv6')
      if (isIPv6Address(field.text) !== (family === 'IPv6'))
        yield invalid(field, rule, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``);
  }
}

function* ports(spec: Field, type: string): Faults {
  const list = spec.at('ports').items();
  const [names, numbers, nodes] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const port of list) {
    const [name, number, target, node] = [port.at('name'), port.at('port'), port.at('targetPort'), port.at('nodePort')];
    const protocol = port.at('protocol').text || 'TCP';
    if (name.text === '') {
      if (list.length > 1) yield required(name, 'service-port', 'a Service with several ports must name each');
    } else {
      yield* all(name, 'service-port', dnsLabel(name.text));
      if (names.has(name.text)) yield duplicate(name, 'service-port');
      names.add(name.text);
    }
    yield* outside(number, 'service-port', 1, 65_535);
    if (!number.isSet) yield required(number, 'service-port');
    yield* unsupported(port.at('protocol'), 'service-port', protocols);
    if (target.isSet && target.value !== 0 && target.value !== '') yield* portNumberOrName(target, 'service-port');
    const protocolName = port.at('appProtocol');
    if (protocolName.isSet) yield* all(protocolName, 'service-port', qualifiedName(protocolName.text));
    if (node.number && type === 'ClusterIP') yield forbidden(node, 'service-port', "may not be used when `type` is 'ClusterIP'");
    if (node.number && nodes.has(`${protocol}/${node.number}`)) yield duplicate(node, 'service-port');
    if (numbers.has(`${protocol}/${number.number}`)) yield duplicate(port, 'service-port', `${protocol}/${number.number}`);
    nodes.add(`${protocol}/${node.number}`);
    numbers.add(`${protocol}/${number.number}`);
  }
}

function* affinity(spec: Field): Faults {
  const [kind, seconds] = [spec.at('sessionAffinity'), spec.at('sessionAffinityConfig', 'clientIP', 'timeoutSeconds')];
  yield* unsupported(kind, rule, ['ClientIP', 'None']);
  if (kind.text === 'ClientIP' && seconds.number !== undefined && (seconds.number <= 0 || seconds.number > 86_400))
    yield invalid(seconds, rule, 'must be greater than 0 and less than 86400');
}

function* loadBalancer(object: Field, type: string, minor: number): Faults {
  const spec = object.at('spec');
  const only = "may only be used when `type` is 'LoadBalancer'";
  const [ranges, ofClass] = [spec.at('loadBalancerSourceRanges'), spec.at('loadBalancerClass')];
  const annotation = object.at('metadata', 'annotations', 'service.beta.kubernetes.io/load-balancer-source-ranges');
  if (ranges.size > 0) {
    if (type !== 'LoadBalancer') yield forbidden(ranges, rule, only);
    for (const one of ranges.items()) yield* rangeOf(one, one.text.trim(), isOn('checksAddressesStrictly', minor));
  } else if (annotation.isSet) {
    if (type !== 'LoadBalancer') yield forbidden(annotation, rule, only);
    for (const one of annotation.text.trim() === '' ? [] : annotation.text.split(','))
      yield* rangeOf(annotation, one.trim(), isOn('checksAddressesStrictly', minor));
  }
  if (spec.at('allocateLoadBalancerNodePorts').isSet && type !== 'LoadBalancer')
    yield forbidden(spec.at('allocateLoadBalancerNodePorts'), rule, only);
  if (!ofClass.isSet) return;
  if (type !== 'LoadBalancer') yield forbidden(ofClass, rule, only);
  else yield* all(ofClass, rule, qualifiedName(ofClass.text));
}

function* traffic(spec: Field, type: string, minor: number): Faults {
  const [outer, inner, check] = [
    spec.at('externalTrafficPolicy'),
    spec.at('internalTrafficPolicy'),
    spec.at('healthCheckNodePort'),
  ];
  const isExternal = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && spec.at('externalIPs').size > 0);
  if (!isExternal && outer.text !== '') yield invalid(outer, rule, 'may only be set for externally-accessible services');
  if (isExternal) yield* unsupported(outer, rule, ['Cluster', 'Local']);
  const needsCheck = type === 'LoadBalancer' && outer.text === 'Local';
  if (!needsCheck && check.number)
    yield invalid(check, rule, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  if (needsCheck && check.number) yield* outside(check, rule, 1, 65_535);
  yield* unsupportedOrEmpty(inner, rule, ['Cluster', 'Local']);
  const near = isOn('allowsSameNodeTraffic', minor) ? ['PreferClose', 'PreferSameZone', 'PreferSameNode'] : ['PreferClose'];
  yield* unsupportedOrEmpty(spec.at('trafficDistribution'), rule, near);
}
