import type { RuleContext } from '../rule.ts';
import { isAddress } from './addresses.ts';
import { all, type Faults, forbidden, invalid, missing, outside, required, tooLong, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { dns1035Label, dnsLabel, dnsSubdomain, domainPath, pathSegment, portName, wildcardSubdomain } from './names.ts';

const rule = 'ingress';

export function* ingress(object: Field, { minor }: RuleContext): Faults {
  const spec = object.at('spec');
  const [backend, rules, className] = [spec.at('defaultBackend'), spec.at('rules'), spec.at('ingressClassName')];
  if (rules.size === 0 && !backend.isSet) yield invalid(spec, rule, 'either `defaultBackend` or `rules` must be specified');
  if (backend.isSet) yield* backendFaults(backend, minor);
  for (const one of rules.items()) yield* hostRule(one, minor);
  for (const tls of spec.at('tls').items()) {
    for (const host of tls.at('hosts').items()) yield* all(host, 'ingress-host', hostFaults(host.text));
    const secret = tls.at('secretName');
    if (secret.text !== '') yield* all(secret, 'reference-name', dnsSubdomain(secret.text));
  }
  if (!className.isSet) return;
  yield* all(className, 'reference-name', dnsSubdomain(className.text));
  const annotation = object.at('metadata', 'annotations', 'kubernetes.io/ingress.class');
  if (annotation.isSet && annotation.text !== className.text)
    yield invalid(annotation, rule, 'must match `ingressClassName` when both are specified');
}

const hostFaults = (host: string) => (host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host));

function* hostRule(one: Field, minor: number): Faults {
  const [host, http] = [one.at('host'), one.at('http')];
  if (host.text !== '') {
    if (isAddress(host.text)) yield invalid(host, 'ingress-host', 'must be a DNS name, not an IP address');
    yield* all(host, 'ingress-host', hostFaults(host.text));
  }
  if (!http.isSet) return;
  if (http.at('paths').size === 0) yield required(http.at('paths'), rule);
  for (const path of http.at('paths').items()) yield* pathFaults(path, minor);
}

const wrongParts = ['//', '/./', '/../', '%2f', '%2F'];

function* pathFaults(field: Field, minor: number): Faults {
  const [type, path] = [field.at('pathType'), field.at('path')];
  if (!type.isSet) return yield required(type, 'ingress-path', 'pathType must be specified');
  if (type.text === '') yield invalid(type, 'ingress-path', 'must be Exact, ImplementationSpecific or Prefix');
  yield* unsupported(type, 'ingress-path', ['Exact', 'ImplementationSpecific', 'Prefix']);
  const isExact = type.text === 'Exact' || type.text === 'Prefix';
  if ((isExact || path.text !== '') && !path.text.startsWith('/'))
    yield invalid(path, 'ingress-path', 'must be an absolute path');
  for (const part of isExact ? wrongParts : [])
    if (path.text.includes(part)) yield invalid(path, 'ingress-path', `must not contain '${part}'`);
  for (const end of isExact ? ['/..', '/.'] : [])
    if (path.text.endsWith(end)) yield invalid(path, 'ingress-path', `cannot end with '${end}'`);
  yield* backendFaults(field.at('backend'), minor);
}

function* backendFaults(backend: Field, minor: number): Faults {
  const [service, resource] = [backend.at('service'), backend.at('resource')];
  if (service.isSet && resource.isSet) return yield invalid(backend, rule, 'cannot set both resource and service backends');
  if (resource.isSet) return yield* objectReference(resource);
  if (!service.isSet) return yield invalid(backend, rule, 'resource or service backend is required');
  const [name, portNameField, number] = [service.at('name'), service.at('port', 'name'), service.at('port', 'number')];
  yield* missing(name, rule);
  const check = isOn('allowsRelaxedServiceNames', minor) ? dnsLabel : dns1035Label;
  if (name.text !== '') yield* all(name, 'reference-name', check(name.text));
  if (portNameField.text !== '' && number.number)
    yield invalid(service.at('port'), rule, 'cannot set both port name & port number');
  else if (portNameField.text !== '') yield* all(portNameField, 'port-name', portName(portNameField.text));
  else if (number.number) yield* outside(number, 'port', 1, 65_535);
  else yield required(service.at('port'), rule, 'port name or number is required');
}

function* objectReference(ref: Field): Faults {
  const group = ref.at('apiGroup');
  if (group.isSet) yield* all(group, rule, dnsSubdomain(group.text));
  for (const name of ['kind', 'name']) {
    yield* missing(ref.at(name), rule);
    yield* all(ref.at(name), rule, pathSegment(ref.at(name).text));
  }
}

export function* ingressClass(object: Field): Faults {
  const [controller, parameters] = [object.at('spec', 'controller'), object.at('spec', 'parameters')];
  if (controller.text.length > 250) yield tooLong(controller, rule, 250);
  yield* missing(controller, rule);
  if (controller.text !== '') yield* all(controller, rule, domainPath(controller.text));
  if (!parameters.isSet) return;
  yield* objectReference(parameters);
  const [scope, namespace] = [parameters.at('scope'), parameters.at('namespace')];
  if (scope.value === '') yield required(scope, rule);
  yield* unsupported(scope, rule, ['Cluster', 'Namespace']);
  if (scope.text === 'Namespace') {
    if (!namespace.isSet) yield required(namespace, rule, "`parameters.scope` is set to 'Namespace'");
    else yield* all(namespace, 'namespace', dnsLabel(namespace.text));
  } else if (namespace.isSet && (scope.text === 'Cluster' || !scope.isSet))
    yield forbidden(namespace, rule, "`parameters.scope` is set to 'Cluster'");
}
