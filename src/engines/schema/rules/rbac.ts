import type { RuleContext } from '../rule.ts';
import { all, type Faults, invalid, missing, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { dnsSubdomain, pathSegment } from './names.ts';

const group = 'rbac.authorization.k8s.io';
const quotedGroup = `supported values: "${group}"`;

/** Role and ClusterRole. */
export function* role(object: Field, { kind }: RuleContext): Faults {
  for (const rule of object.at('rules').items()) yield* policyRule(rule, kind === 'Role');
  const selectors = object.at('aggregationRule', 'clusterRoleSelectors');
  if (!object.at('aggregationRule').isSet) return;
  if (selectors.size === 0)
    yield required(selectors, 'role', 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  for (const selector of selectors.items()) yield* labelSelector(selector);
}

function* policyRule(rule: Field, isNamespaced: boolean): Faults {
  const [verbs, urls, groups, resources] = ['verbs', 'nonResourceURLs', 'apiGroups', 'resources'].map((name) => rule.at(name));
  if (verbs === undefined || urls === undefined || groups === undefined || resources === undefined) return;
  if (verbs.size === 0) yield required(verbs, 'role', 'verbs must contain at least one value');
  if (urls.size > 0) {
    if (isNamespaced) yield invalid(urls, 'role', 'namespaced rules cannot apply to non-resource URLs');
    if (groups.size > 0 || resources.size > 0 || rule.at('resourceNames').size > 0)
      yield invalid(urls, 'role', 'rules cannot apply to both regular resources and non-resource URLs');
    return;
  }
  if (groups.size === 0) yield required(groups, 'role', 'resource rules must supply at least one api group');
  if (resources.size === 0) yield required(resources, 'role', 'resource rules must supply at least one resource');
}

/** RoleBinding and ClusterRoleBinding. */
export function* binding(object: Field, { kind }: RuleContext): Faults {
  const ref = object.at('roleRef');
  const [refGroup, refKind, refName] = [ref.at('apiGroup'), ref.at('kind'), ref.at('name')];
  if (refGroup.text !== '' && refGroup.text !== group) yield invalid(refGroup, 'role-binding', quotedGroup);
  yield* unsupported(refKind, 'role-binding', kind === 'RoleBinding' ? ['ClusterRole', 'Role'] : ['ClusterRole']);
  yield* missing(refKind, 'role-binding');
  yield* missing(refName, 'role-binding');
  yield* all(refName, 'role-binding', pathSegment(refName.text));
  for (const subject of object.at('subjects').items()) yield* subjectFaults(subject, kind === 'RoleBinding');
}

function* subjectFaults(subject: Field, isNamespaced: boolean): Faults {
  const [kind, name, ofGroup, namespace] = [
    subject.at('kind'),
    subject.at('name'),
    subject.at('apiGroup'),
    subject.at('namespace'),
  ];
  yield* missing(name, 'role-binding');
  yield* missing(kind, 'role-binding');
  yield* unsupported(kind, 'role-binding', ['ServiceAccount', 'User', 'Group']);
  if (kind.text === 'ServiceAccount') {
    if (name.text !== '') yield* all(name, 'role-binding', dnsSubdomain(name.text));
    if (ofGroup.text !== '') yield invalid(ofGroup, 'role-binding', 'supported values: ""');
    if (!isNamespaced && namespace.text === '') yield required(namespace, 'role-binding');
  } else if (ofGroup.text !== '' && ofGroup.text !== group && (kind.text === 'User' || kind.text === 'Group'))
    yield invalid(ofGroup, 'role-binding', quotedGroup);
}
