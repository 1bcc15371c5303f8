import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { components, type Operation } from './openapi.ts';
import { type Schema, standalone } from './schema.ts';

const bodies = new Ajv({ strict: false, allErrors: true, validateSchema: false });
/** A value in an address is text. */
const texts = new Ajv({ strict: false, allErrors: true, validateSchema: false, coerceTypes: true });
formats.default(bodies);
formats.default(texts);

const compiled = new Map<string, ValidateFunction>();

function problems(ajv: Ajv, key: string, schema: Schema, strict: boolean, value: unknown): readonly string[] {
  let check = compiled.get(key);
  if (check === undefined) {
    check = ajv.compile(standalone(schema, components(), strict));
    compiled.set(key, check);
  }
  if (check(value)) return [];
  return (check.errors ?? []).map((error) => `${key}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
}

export interface Sent {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What is wrong with a request, by GitHub's own description; each one names the operation and the place. */
export function requestProblems(operation: Operation, sent: Sent): readonly string[] {
  const { name, body } = operation;
  const parts = (['path', 'query'] as const).flatMap((place) => {
    const all = operation.parameters.filter((parameter) => parameter.in === place);
    const schema: Schema = {
      type: 'object',
      properties: Object.fromEntries(all.map((parameter) => [parameter.name, parameter.schema])),
      required: all.filter((parameter) => parameter.required === true).map((parameter) => parameter.name),
    };
    return problems(texts, `${name} ${place}`, schema, true, { ...sent[place] });
  });
  if (sent.body === undefined) return body?.required ? [...parts, `${name}: no body`] : parts;
  if (body === undefined) return [...parts, `${name} takes no body`];
  return [...parts, ...problems(bodies, `${name} body`, body.schema, true, sent.body)];
}

/** Whether the fake answers as GitHub would; a status that the description does not have is not judged. */
export function responseProblems(operation: Operation, status: number, body: unknown): readonly string[] {
  const schema = operation.response(status);
  return schema === undefined ? [] : problems(bodies, `${operation.name} ${status}`, schema, false, body);
}
