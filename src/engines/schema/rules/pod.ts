import type { RuleContext } from '../rule.ts';
import { address } from './addresses.ts';
import { containers } from './containers.ts';
import { all, duplicate, type Faults, forbidden, invalid, missing, outside, required, tooLong, unsupported } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { labelMap } from './labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName, searchDomain } from './names.ts';
import { osRules } from './pod-os.ts';
import type { PodPlace } from './pod-place.ts';
import { podResources, resourceNames } from './resources.ts';
import { affinity, tolerations, topologySpread } from './scheduling.ts';
import { podAnnotations, podSecurity } from './security.ts';
import { volumes } from './volumes.ts';

/** ValidatePodSpec of pkg/apis/core/validation. */
export function* podSpec(place: PodPlace): Faults {
  const { spec, meta, minor } = place;
  yield* podAnnotations(meta.at('annotations'), place);
  const { faults, known } = volumes(place);
  yield* faults;
  yield* resourceClaims(spec.at('resourceClaims'));
  yield* containers(place, known);
  if (isOn('allowsPodResources', minor)) yield* podResources(place);
  yield* enumerations(spec);
  yield* labelMap(spec.at('nodeSelector'));
  yield* podSecurity(spec);
  yield* affinity(spec.at('affinity'));
  yield* dns(spec, minor);
  yield* gates(spec);
  yield* topologySpread(spec.at('topologySpreadConstraints'), minor);
  yield* hostnames(spec, minor);
  yield* references(spec);
  yield* outside(spec.at('activeDeadlineSeconds'), 'pod', 1, 2 ** 31 - 1);
  yield* tolerations(spec.at('tolerations'));
  for (const [key, value] of spec.at('overhead').entries()) yield* resourceNames(key, value);
  yield* osRules(spec);
  if (spec.at('ephemeralContainers').size > 0)
    yield forbidden(spec.at('ephemeralContainers'), 'ephemeral-container', 'cannot be set on create, nor in a template');
}

function* enumerations(spec: Field): Faults {
  yield* unsupported(spec.at('restartPolicy'), 'restart-policy', ['Always', 'OnFailure', 'Never']);
  yield* unsupported(spec.at('dnsPolicy'), 'dns', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']);
  yield* unsupported(spec.at('preemptionPolicy'), 'pod', ['PreemptLowerPriority', 'Never']);
  if (spec.at('preemptionPolicy').value === '') yield required(spec.at('preemptionPolicy'), 'pod');
}

function* references(spec: Field): Faults {
  for (const name of ['serviceAccountName', 'nodeName', 'priorityClassName']) {
    const field = spec.at(name);
    if (field.text !== '') yield* all(field, 'reference-name', dnsSubdomain(field.text));
  }
  if (spec.at('runtimeClassName').isSet)
    yield* all(spec.at('runtimeClassName'), 'reference-name', dnsSubdomain(spec.at('runtimeClassName').text));
}

function* resourceClaims(claims: Field): Faults {
  const seen = new Set<string>();
  for (const claim of claims.items()) {
    const name = claim.at('name');
    yield* missing(name, 'resource-claim');
    if (seen.has(name.text)) yield duplicate(name, 'resource-claim');
    else if (name.text !== '') yield* all(name, 'resource-claim', dnsLabel(name.text));
    seen.add(name.text);
    const sources = [claim.at('resourceClaimName'), claim.at('resourceClaimTemplateName')].filter(({ isSet }) => isSet);
    if (sources.length !== 1)
      yield invalid(claim, 'resource-claim', 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    for (const source of sources) yield* all(source, 'reference-name', dnsSubdomain(source.text));
  }
}

function* dns(spec: Field, minor: number): Faults {
  const config = spec.at('dnsConfig');
  const servers = config.at('nameservers');
  if (spec.at('dnsPolicy').text === 'None' && servers.size === 0)
    yield required(config.isSet ? servers : config, 'dns', 'must provide at least one DNS nameserver when `dnsPolicy` is `None`');
  if (servers.size > 3) yield invalid(servers, 'dns', 'must not have more than 3 nameservers');
  for (const server of servers.items()) yield* address(server, minor);
  const searches = config.at('searches');
  if (searches.size > 32) yield invalid(searches, 'dns', 'must not have more than 32 search paths');
  if (searches.texts().join(' ').length > 2048)
    yield invalid(searches, 'dns', 'must not have more than 2048 characters (including spaces) in the search list');
  const isRelaxed = isOn('allowsRelaxedSearchDomains', minor);
  for (const search of searches.items()) {
    if (isRelaxed && search.text === '.') continue;
    yield* all(search, 'dns', (isRelaxed ? searchDomain : dnsSubdomain)(search.text.replace(/\.$/, '')));
  }
  for (const option of config.at('options').items())
    if (option.at('name').text === '') yield required(option, 'dns', 'must not be empty');
  for (const alias of spec.at('hostAliases').items()) {
    yield* address(alias.at('ip'), minor);
    for (const name of alias.at('hostnames').items()) yield* all(name, 'dns', dnsSubdomain(name.text));
  }
}

function* gates(spec: Field): Faults {
  for (const gate of spec.at('readinessGates').items())
    yield* all(gate.at('conditionType'), 'pod', qualifiedName(gate.at('conditionType').text));
  const seen = new Set<string>();
  for (const gate of spec.at('schedulingGates').items()) {
    const { text } = gate.at('name');
    yield* all(gate.at('name'), 'pod', qualifiedName(text));
    if (seen.has(text)) yield duplicate(gate, 'pod', text);
    seen.add(text);
  }
}

function* hostnames(spec: Field, minor: number): Faults {
  for (const name of ['hostname', 'subdomain']) {
    const field = spec.at(name);
    if (field.text !== '') yield* all(field, 'hostname', dnsLabel(field.text));
  }
  const override = spec.at('hostnameOverride');
  if (!override.isSet || !isOn('allowsHostnameOverride', minor)) return;
  if (spec.at('setHostnameAsFQDN').isTrue)
    yield forbidden(override, 'hostname', 'may not be specified when setHostnameAsFQDN is true');
  if (spec.at('hostNetwork').isTrue) yield forbidden(override, 'hostname', 'may not be specified when hostNetwork is true');
  if (override.text.length > 64) yield tooLong(override, 'hostname', 64);
  yield* all(override, 'hostname', dnsSubdomain(override.text));
}

/** A pod on its own: ValidatePodCreate. */
export function* pod(object: Field, { minor }: RuleContext): Faults {
  const spec = object.at('spec');
  yield* podSpec({ meta: object.at('metadata'), spec, isPod: true, added: [], minor });
  if (spec.at('nodeName').text !== '' && spec.at('schedulingGates').size > 0)
    yield forbidden(spec.at('nodeName'), 'pod', 'cannot be set until all schedulingGates have been cleared');
  const hasAccount = spec.at('serviceAccountName').text !== '' || spec.at('serviceAccount').text !== '';
  for (const volume of hasAccount ? [] : spec.at('volumes').items())
    for (const source of volume.at('projected', 'sources').items())
      if (source.at('serviceAccountToken').isSet)
        yield forbidden(source.at('serviceAccountToken'), 'volume', 'must not be specified when serviceAccountName is not set');
}
