import { all, type Faults, invalid, missing, negative, outside, required, unsupported, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';

const rule = 'flow-control';
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

export function* flowSchema(object: Field): Faults {
  const spec = object.at('spec');
  const [precedence, method, level] = [
    spec.at('matchingPrecedence'),
    spec.at('distinguisherMethod'),
    spec.at('priorityLevelConfiguration', 'name'),
  ];
  if (precedence.number !== 0) yield* outside(precedence, rule, 1, 10_000);
  if (method.isSet) yield* unsupportedOrEmpty(method.at('type'), rule, ['ByNamespace', 'ByUser']);
  if (method.isSet && !method.at('type').isSet) yield required(method.at('type'), rule);
  yield* missing(level, rule, 'must reference a priority level');
  if (level.text !== '') yield* all(level, 'reference-name', dnsSubdomain(level.text));
  for (const one of spec.at('rules').items()) yield* flowRule(one);
}

function* flowRule(one: Field): Faults {
  const [subjects, resources, urls] = [one.at('subjects'), one.at('resourceRules'), one.at('nonResourceRules')];
  if (subjects.size === 0) yield required(subjects, rule, 'subjects must contain at least one value');
  const parts: Readonly<Record<string, string>> = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' };
  for (const subject of subjects.items()) {
    const kind = subject.at('kind');
    yield* missing(kind, rule);
    yield* unsupported(kind, rule, Object.keys(parts));
    const part = parts[kind.text];
    if (part === undefined) continue;
    if (!subject.at(part).isSet) yield required(subject.at(part), rule, `is required when subject kind is '${kind.text}'`);
    else yield* missing(subject.at(part, 'name'), rule);
  }
  if (resources.size === 0 && urls.size === 0)
    yield required(one, rule, 'at least one of resourceRules and nonResourceRules has to be non-empty');
  for (const resource of resources.items()) yield* resourceRule(resource);
  for (const url of urls.items()) {
    yield* verbFaults(url.at('verbs'));
    if (url.at('nonResourceURLs').size === 0) yield required(url.at('nonResourceURLs'), rule);
  }
}

function* resourceRule(one: Field): Faults {
  yield* verbFaults(one.at('verbs'));
  for (const name of ['apiGroups', 'resources'])
    if (one.at(name).size === 0) yield required(one.at(name), rule, 'must supply at least one');
  const namespaces = one.at('namespaces');
  if (namespaces.size === 0 && !one.at('clusterScope').isTrue)
    yield required(namespaces, rule, 'resource rules that are not cluster scoped must supply at least one namespace');
  if (namespaces.size > 1 && namespaces.texts().includes('*'))
    yield invalid(namespaces, rule, "if '*' is present, must not specify other namespaces");
  for (const namespace of namespaces.items())
    if (namespace.text !== '*') yield* all(namespace, 'namespace', dnsLabel(namespace.text));
}

function* verbFaults(list: Field): Faults {
  if (list.size === 0) return yield required(list, rule, 'verbs must contain at least one value');
  const texts = list.texts();
  if (texts.includes('*') ? texts.length > 1 : !texts.every((verb) => verbs.includes(verb)))
    yield invalid(list, rule, `supported values: "*" alone, or ${verbs.map((verb) => `"${verb}"`).join(', ')}`);
}

export function* priorityLevel(object: Field): Faults {
  const spec = object.at('spec');
  const [type, limited] = [spec.at('type'), spec.at('limited')];
  yield* missing(type, rule);
  yield* unsupported(type, rule, ['Exempt', 'Limited']);
  if (type.text !== 'Limited') return;
  if (!limited.isSet) return yield required(limited, rule, 'must not be empty when type is Limited');
  const response = limited.at('limitResponse');
  yield* missing(response.at('type'), rule);
  yield* unsupported(response.at('type'), rule, ['Queue', 'Reject']);
  yield* negative(limited.at('nominalConcurrencyShares'), rule);
  const queuing = response.at('queuing');
  for (const name of ['queues', 'handSize', 'queueLengthLimit']) yield* negative(queuing.at(name), rule);
  if ((queuing.at('handSize').number || 8) > (queuing.at('queues').number || 64))
    yield invalid(queuing.at('handSize'), rule, 'should not be greater than queues');
  if (response.at('type').text === 'Queue' && !response.at('queuing').isSet)
    yield required(response.at('queuing'), rule, 'must not be empty if limited.limitResponse.type is Queue');
}
