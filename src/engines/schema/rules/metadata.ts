import { asPrefix, type Check } from '../../names.ts';
import type { RuleContext } from '../rule.ts';
import { all, duplicate, type Faults, invalid, invalidKey, negative, required, tooLong } from './faults.ts';
import { isOn } from './features.ts';
import type { Field } from './field.ts';
import { labelMap } from './labels.ts';
import { configKey, dns1035Label, dnsLabel, dnsSubdomain, pathSegment, qualifiedName } from './names.ts';

const annotationLimit = 256 * 1024;

/** Which names a kind may have, where it is not a DNS subdomain. */
function nameCheck({ group, kind, minor }: RuleContext): Check {
  switch (`${group}/${kind}`) {
    case '/Service':
      return isOn('allowsRelaxedServiceNames', minor) ? dnsLabel : dns1035Label;
    case '/Namespace':
    case 'apps/StatefulSet':
      return dnsLabel;
    case 'coordination.k8s.io/LeaseCandidate':
      return configKey;
    case 'rbac.authorization.k8s.io/Role':
    case 'rbac.authorization.k8s.io/RoleBinding':
    case 'rbac.authorization.k8s.io/ClusterRole':
    case 'rbac.authorization.k8s.io/ClusterRoleBinding':
    case '/Event':
    case 'events.k8s.io/Event':
    case 'policy/PodDisruptionBudget':
    case 'networking.k8s.io/IPAddress':
    case 'certificates.k8s.io/ClusterTrustBundle':
      return pathSegment;
    default:
      return dnsSubdomain;
  }
}

/** Groups whose finalizers need no domain: custom resources, and those of Kubernetes that are validated as they are. */
function needsQualifiedFinalizers({ group, kind }: RuleContext): boolean {
  const groups = ['', 'apps', 'autoscaling', 'batch', 'certificates.k8s.io', 'discovery.k8s.io', 'flowcontrol.apiserver.k8s.io'];
  const others = ['networking.k8s.io', 'rbac.authorization.k8s.io', 'resource.k8s.io', 'scheduling.k8s.io', 'storage.k8s.io'];
  return kind !== 'Event' && (groups.includes(group) || others.includes(group));
}

/** The API server cuts a prefix after 58 characters and appends five. */
function generated(prefix: string, check: Check): readonly string[] {
  return check(`${prefix.slice(0, 58)}abcde`);
}

/** The API server clears the namespace of a cluster-scoped object, whatever it is. */
export function* metadata(object: Field, context: RuleContext, isClusterScoped: boolean): Faults {
  const meta = object.at('metadata');
  const [name, prefix, namespace] = [meta.at('name'), meta.at('generateName'), meta.at('namespace')];
  const check = nameCheck(context);
  if (prefix.text !== '')
    yield* all(prefix, 'name', [...new Set([...asPrefix(check)(prefix.text), ...generated(prefix.text, check)])]);
  if (name.text !== '') yield* all(name, 'name', check(name.text));
  else if (prefix.text === '' && context.kind !== 'LimitRange') yield required(name, 'name', 'name or generateName is required');
  if (!isClusterScoped && namespace.text !== '') yield* all(namespace, 'namespace', dnsLabel(namespace.text));
  yield* labelMap(meta.at('labels'));
  yield* annotations(meta.at('annotations'));
  yield* owners(meta.at('ownerReferences'));
  yield* finalizers(meta.at('finalizers'), needsQualifiedFinalizers(context));
  yield* negative(meta.at('generation'), 'name');
}

export function* annotations(field: Field): Faults {
  let size = 0;
  for (const [key, value] of field.entries()) {
    size += Buffer.byteLength(key) + Buffer.byteLength(value.text);
    for (const detail of qualifiedName(key.toLowerCase())) yield invalidKey(value, 'annotation-key', detail);
  }
  if (size > annotationLimit) yield tooLong(field, 'annotations-size', annotationLimit);
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

export function* finalizers(field: Field, needsDomain = true): Faults {
  for (const finalizer of field.items()) {
    const { text } = finalizer;
    yield* all(finalizer, 'finalizer', qualifiedName(text));
    if (needsDomain && !text.includes('/') && !standardFinalizers.includes(text))
      yield invalid(finalizer, 'finalizer', 'name is neither a standard finalizer name nor is it fully qualified');
  }
  const texts = field.texts();
  if (texts.includes('orphan') && texts.includes('foregroundDeletion'))
    yield invalid(field, 'finalizer', 'finalizer orphan and foregroundDeletion cannot be both set');
}

function* owners(field: Field): Faults {
  let controllers = 0;
  for (const owner of field.items()) {
    for (const name of ['apiVersion', 'kind', 'name', 'uid'])
      if (owner.at(name).text === '') yield invalid(owner.at(name), 'owner-reference', 'must not be empty');
    if (owner.at('apiVersion').text.split('/').length > 2)
      yield invalid(owner.at('apiVersion'), 'owner-reference', 'must be group/version');
    if (owner.at('apiVersion').text === 'v1' && owner.at('kind').text === 'Event')
      yield invalid(owner, 'owner-reference', 'v1 Event is disallowed from being an owner');
    if (owner.at('controller').isTrue) controllers += 1;
  }
  if (controllers > 1) yield invalid(field, 'owner-reference', 'Only one reference can have Controller set to true');
}

/** For a template: only labels and annotations are checked. */
export function* templateMetadata(meta: Field): Faults {
  yield* labelMap(meta.at('labels'));
  yield* annotations(meta.at('annotations'));
}

/** Fields that occur twice in a list. */
export function* repeated(fields: readonly Field[], rule: Parameters<typeof duplicate>[1]): Faults {
  const seen = new Set<string>();
  for (const field of fields) {
    if (field.text === '') continue;
    if (seen.has(field.text)) yield duplicate(field, rule);
    seen.add(field.text);
  }
}
