import { all, type Faults, invalid, missing, outside, required, unsupported, unsupportedOrEmpty } from './faults.ts';
import type { Field } from './field.ts';
import { labelSelector } from './labels.ts';
import { repeated } from './metadata.ts';
import { dns1035Label, dnsSubdomain, qualifiedName } from './names.ts';

const rule = 'webhook';

/** ValidatingWebhookConfiguration and MutatingWebhookConfiguration. */
export function* webhookConfiguration(object: Field): Faults {
  const list = object.at('webhooks').items();
  yield* repeated(
    list.map((one) => one.at('name')),
    rule,
  );
  for (const one of list) yield* webhook(one);
}

function* webhook(one: Field): Faults {
  const [name, effects] = [one.at('name'), one.at('sideEffects')];
  yield* missing(name, rule);
  const wrong = name.text === '' ? [] : dnsSubdomain(name.text);
  yield* all(name, rule, wrong);
  if (name.text !== '' && wrong.length === 0 && name.text.split('.').length < 3)
    yield invalid(name, rule, 'should be a domain with at least three segments separated by dots');
  for (const operations of one.at('rules').items()) yield* operationRule(operations);
  yield* unsupportedOrEmpty(one.at('failurePolicy'), rule, ['Fail', 'Ignore']);
  yield* unsupportedOrEmpty(one.at('matchPolicy'), rule, ['Equivalent', 'Exact']);
  yield* unsupportedOrEmpty(one.at('reinvocationPolicy'), rule, ['IfNeeded', 'Never']);
  if (!effects.isSet || effects.text === '') yield required(effects, rule, 'must specify one of None, NoneOnDryRun');
  yield* unsupported(effects, rule, ['None', 'NoneOnDryRun']);
  yield* outside(one.at('timeoutSeconds'), rule, 1, 30);
  yield* labelSelector(one.at('namespaceSelector'));
  yield* labelSelector(one.at('objectSelector'));
  yield* reviewVersions(one.at('admissionReviewVersions'), rule);
  yield* clientConfig(one.at('clientConfig'), rule);
  yield* matchConditions(one.at('matchConditions'));
}

export function* reviewVersions(list: Field, of: 'webhook' | 'crd'): Faults {
  const versions = list.texts();
  if (versions.length === 0) return yield required(list, of, 'must specify one of v1, v1beta1');
  yield* repeated(list.items(), of);
  for (const version of list.items()) yield* all(version, of, dns1035Label(version.text));
  if (!versions.includes('v1') && !versions.includes('v1beta1'))
    yield invalid(list, of, 'must include at least one of v1, v1beta1');
}

export function* clientConfig(config: Field, of: 'webhook' | 'crd'): Faults {
  const [url, service] = [config.at('url'), config.at('service')];
  if (url.isSet === service.isSet) return yield required(config, of, 'exactly one of url or service is required');
  if (url.isSet) return yield* webhookUrl(url, of);
  yield* missing(service.at('name'), of);
  yield* missing(service.at('namespace'), of);
  yield* outside(service.at('port'), of, 1, 65_535);
  const path = service.at('path').text;
  if (path === '' || path === '/') return;
  if (!path.startsWith('/')) yield invalid(service.at('path'), of, "must start with a '/'");
  for (const [index, segment] of path.slice(1).replace(/\/$/, '').split('/').entries())
    for (const detail of segment === '' ? ['may not be empty'] : dnsSubdomain(segment))
      yield invalid(service.at('path'), of, `segment[${index}]: ${detail}`);
}

function* webhookUrl(field: Field, of: 'webhook' | 'crd'): Faults {
  const url = URL.canParse(field.text) ? new URL(field.text) : undefined;
  if (!field.text.toLowerCase().startsWith('https://')) yield invalid(field, of, "'https' is the only allowed URL scheme");
  else if (url === undefined || url.host === '') yield invalid(field, of, 'host must be specified, as https://host/path');
  if (url?.username || url?.password) yield invalid(field, of, 'user information is not permitted in the URL');
  if (url?.hash) yield invalid(field, of, 'fragments are not permitted in the URL');
  if (url?.search) yield invalid(field, of, 'query parameters are not permitted in the URL');
}

export function* operationRule(one: Field): Faults {
  const operations = one.at('operations');
  if (operations.size === 0) yield required(operations, rule);
  if (operations.size > 1 && operations.texts().includes('*'))
    yield invalid(operations, rule, "if '*' is present, must not specify other operations");
  for (const operation of operations.items())
    yield* unsupportedOrEmpty(operation, rule, ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']);
  for (const name of ['apiGroups', 'apiVersions']) {
    const list = one.at(name);
    if (list.size === 0) yield required(list, rule);
    if (list.size > 1 && list.texts().includes('*')) yield invalid(list, rule, "if '*' is present, must not specify others");
  }
  for (const version of one.at('apiVersions').items()) yield* missing(version, rule);
  yield* ruleResources(one.at('resources'));
  yield* unsupportedOrEmpty(one.at('scope'), rule, ['*', 'Cluster', 'Namespaced']);
}

function* ruleResources(list: Field): Faults {
  if (list.size === 0) return yield required(list, rule);
  const texts = list.texts();
  for (const one of list.items()) yield* missing(one, rule);
  if (texts.length > 1 && texts.includes('*/*'))
    yield invalid(list, rule, "if '*/*' is present, must not specify other resources");
  if (texts.includes('*') && texts.some((text) => text !== '*' && !text.includes('/')))
    yield invalid(list, rule, "if '*' is present, must not specify other resources without subresources");
  for (const one of list.items()) {
    const [resource, subresource] = one.text.split('/');
    if (subresource === undefined || one.text === '*/*') continue;
    if (subresource !== '*' && texts.includes(`${resource}/*`))
      yield invalid(one, rule, `if '${resource}/*' is present, must not specify ${one.text}`);
    if (resource !== '*' && texts.includes(`*/${subresource}`))
      yield invalid(one, rule, `if '*/${subresource}' is present, must not specify ${one.text}`);
  }
}

export function* matchConditions(list: Field): Faults {
  if (list.size > 64) yield invalid(list, rule, 'must have at most 64 items');
  yield* repeated(
    list.items().map((one) => one.at('name')),
    rule,
  );
  for (const one of list.items()) {
    yield* missing(one.at('name'), rule);
    if (one.at('name').text !== '') yield* all(one.at('name'), rule, qualifiedName(one.at('name').text));
    if (one.at('expression').text.trim() === '') yield required(one.at('expression'), rule);
  }
}
