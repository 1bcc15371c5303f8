import { rootSchema } from './crd-schema.ts';
import { all, type Faults, invalid, missing, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';
import { repeated } from './metadata.ts';
import { dns1035Label, dnsSubdomain } from './names.ts';
import { clientConfig, reviewVersions } from './webhooks.ts';

const rule = 'crd';
const approval = 'api-approved.kubernetes.io';

/** What a CustomResourceDefinition must have, but for the rules of its schemas. */
export function* crd(object: Field): Faults {
  const spec = object.at('spec');
  const [group, names, versions, name] = [spec.at('group'), spec.at('names'), spec.at('versions'), object.at('metadata', 'name')];
  yield* missing(group, rule);
  if (group.text !== '') {
    const wrong = dnsSubdomain(group.text);
    yield* all(group, rule, wrong);
    if (wrong.length === 0 && !group.text.includes('.')) yield invalid(group, rule, 'should be a domain with at least one dot');
  }
  if (name.text !== '' && name.text !== `${names.at('plural').text}.${group.text}`)
    yield invalid(name, rule, 'must be spec.names.plural+"."+spec.group');
  yield* missing(spec.at('scope'), rule);
  yield* unsupported(spec.at('scope'), rule, ['Cluster', 'Namespaced']);
  yield* nameFaults(names);
  yield* versionFaults(versions);
  if (spec.at('preserveUnknownFields').isTrue)
    yield invalid(
      spec.at('preserveUnknownFields'),
      rule,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    );
  yield* conversion(spec.at('conversion'));
  yield* approvalFaults(object.at('metadata', 'annotations'), group.text);
}

function* nameFaults(names: Field): Faults {
  const [plural, singular, kind, list] = [names.at('plural'), names.at('singular'), names.at('kind'), names.at('listKind')];
  yield* missing(plural, rule);
  yield* missing(kind, rule);
  for (const item of [...names.at('shortNames').items(), ...names.at('categories').items()])
    yield* all(item, rule, dns1035Label(item.text));
  for (const name of [plural, singular, kind, list]) {
    const text = name.step === 'kind' || name.step === 'listKind' ? name.text.toLowerCase() : name.text;
    if (text !== '') yield* all(name, rule, dns1035Label(text));
  }
  if (kind.text !== '' && kind.text === list.text) yield invalid(list, rule, 'kind and listKind may not be the same');
}

function* versionFaults(versions: Field): Faults {
  const list = versions.items();
  yield* repeated(
    list.map((version) => version.at('name')),
    rule,
  );
  if (list.filter((version) => version.at('storage').isTrue).length !== 1)
    yield required(versions, rule, 'must have exactly one version marked as storage version');
  for (const version of list) {
    const [schema, warning] = [version.at('schema', 'openAPIV3Schema'), version.at('deprecationWarning')];
    yield* all(version.at('name'), rule, dns1035Label(version.at('name').text));
    if (!schema.isSet) yield required(schema, rule);
    else yield* rootSchema(schema);
    if (warning.value === '') yield invalid(warning, rule, 'must not be an empty string');
    if (warning.text.length > 256) yield invalid(warning, rule, 'must be <= 256 characters long');
    if (warning.isSet && !version.at('deprecated').isTrue)
      yield invalid(warning, rule, 'can only be set for deprecated versions');
    for (const column of version.at('additionalPrinterColumns').items()) {
      yield* missing(column.at('name'), rule);
      yield* missing(column.at('type'), rule);
      yield* unsupported(column.at('type'), rule, ['boolean', 'date', 'integer', 'number', 'string']);
      yield* missing(column.at('jsonPath'), rule);
      if (column.at('jsonPath').text !== '' && !column.at('jsonPath').text.startsWith('.'))
        yield invalid(column.at('jsonPath'), rule, 'must be a simple json path starting with .');
    }
  }
}

function* conversion(field: Field): Faults {
  const [strategy, webhook] = [field.at('strategy'), field.at('webhook')];
  if (!field.isSet) return;
  yield* missing(strategy, rule);
  yield* unsupported(strategy, rule, ['None', 'Webhook']);
  if (strategy.text === 'None' && webhook.isSet)
    yield invalid(webhook, rule, 'should not be set when strategy is not set to Webhook');
  if (strategy.text !== 'Webhook') return;
  if (!webhook.at('clientConfig').isSet)
    yield required(webhook.at('clientConfig'), rule, 'required when strategy is set to Webhook');
  else yield* clientConfig(webhook.at('clientConfig'), rule);
  yield* reviewVersions(webhook.at('conversionReviewVersions'), rule);
}

/** Kubernetes' own groups are for APIs that were reviewed. */
function* approvalFaults(annotations: Field, group: string): Faults {
  const isProtected = ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`));
  const value = annotations.at(approval);
  if (!isProtected) return;
  if (value.text === '')
    yield required(
      value,
      rule,
      'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    );
  else if (!value.text.startsWith('unapproved') && !/^https?:\/\/[^/]/.test(value.text))
    yield invalid(value, rule, 'protected groups must have a URL of the approval, or begin with "unapproved"');
}
