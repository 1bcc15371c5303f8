import { type Faults, forbidden, invalid, required, unsupported } from './faults.ts';
import type { Field } from './field.ts';

const rule = 'crd';
const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const preserves = 'x-kubernetes-preserve-unknown-fields';

/**
 * The schema of a version, which must be structural.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function* rootSchema(schema: Field): Faults {
  const type = schema.at('type');
  if (type.text !== '' && type.text !== 'object' && types.includes(type.text))
    yield invalid(type, rule, 'must be object at the root');
  if (schema.at('additionalProperties').isSet)
    yield forbidden(schema.at('additionalProperties'), rule, 'must not be used at the root');
  const properties = schema.at('properties');
  for (const name of ['apiVersion', 'kind', 'metadata']) {
    const [property, expected] = [properties.at(name, 'type'), name === 'metadata' ? 'object' : 'string'];
    if (property.text !== '' && property.text !== expected) yield invalid(property, rule, `must be ${expected}`);
  }
  for (const [name, property] of properties.at('metadata', 'properties').entries())
    if (name !== 'name' && name !== 'generateName')
      yield forbidden(
        property,
        rule,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      );
  yield* structural(schema);
}

function* structural(schema: Field): Faults {
  const [type, items, properties, values] = [
    schema.at('type'),
    schema.at('items'),
    schema.at('properties'),
    schema.at('additionalProperties'),
  ];
  const isEither = schema.at('x-kubernetes-int-or-string').isTrue;
  if (type.text === '' && !isEither && !schema.at(preserves).isTrue) yield required(type, rule, 'must not be empty');
  yield* unsupported(type, rule, types);
  if (schema.at(preserves).isFalse) yield invalid(schema.at(preserves), rule, 'must be true or undefined');
  if (schema.at('$ref').text !== '') yield forbidden(schema.at('$ref'), rule, '$ref is not supported');
  if (schema.at('uniqueItems').isTrue) yield forbidden(schema.at('uniqueItems'), rule, 'uniqueItems cannot be set to true');
  if (type.text === 'array' && !items.isSet) yield required(items, rule, 'must be specified');
  if (properties.size > 0 && values.isSet && !values.isTrue)
    yield forbidden(values, rule, 'additionalProperties and properties are mutual exclusive');
  yield* listType(schema);
  yield* valueValidations(schema, isEither);
  if (items.isSet) yield* structural(items);
  for (const [, property] of properties.entries()) yield* structural(property);
  if (values.size > 0) yield* structural(values);
}

function* listType(schema: Field): Faults {
  const [kind, keys] = [schema.at('x-kubernetes-list-type'), schema.at('x-kubernetes-list-map-keys')];
  yield* unsupported(kind, rule, ['atomic', 'set', 'map']);
  if (kind.text === 'map' && keys.size === 0) yield required(keys, rule, 'must not be empty if x-kubernetes-list-type is map');
}

/** Below these, only values are restricted, except for the pattern of a value that is an integer or a string. */
function* valueValidations(schema: Field, isEither: boolean): Faults {
  const kinds = schema
    .at('anyOf')
    .items()
    .map((part) => part.at('type').text);
  const names = kinds.join() === 'integer,string' ? ['allOf', 'oneOf'] : ['allOf', 'anyOf', 'oneOf'];
  const parts = names.flatMap((name) => schema.at(name).items());
  for (const part of [...parts, schema.at('not')])
    if (part.at('type').text !== '' && !isEither) yield forbidden(part.at('type'), rule, 'must be empty to be structural');
}
