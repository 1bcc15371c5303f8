import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Components, Schema } from './schema.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly $ref?: string;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}
interface RawOperation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: {
    readonly schemas: Components;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Content>>;
  };
}

export interface Operation {
  /** `POST /repos/{owner}/{repo}/issues/{issue_number}/comments` */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly schema: Schema; readonly required: boolean } | undefined;
  /** Schema of an answer by its status; undefined where the description has none. */
  response(status: number): Schema | undefined;
}

const require = createRequire(import.meta.url);
let loaded: Description | undefined;
/** 13 MB: read once a process, and only where a test asks for it. */
function description(): Description {
  const folder = path.dirname(require.resolve('@octokit/openapi/package.json'));
  loaded ??= JSON.parse(readFileSync(path.join(folder, 'generated/api.github.com.json'), 'utf8')) as Description;
  return loaded;
}

let schemas: Components | undefined;
/** Corrected where the description is known to be wrong: `head.repo` is null where a fork was deleted, and then nobody is its user. */
export function components(): Components {
  schemas ??= Object.fromEntries(
    Object.entries(description().components.schemas).map(([name, schema]) => [
      name,
      name === 'pull-request' || name === 'pull-request-simple' ? withGoneFork(schema) : schema,
    ]),
  );
  return schemas;
}

function withGoneFork(schema: Schema): Schema {
  const head = schema.properties?.head;
  const repo = head?.properties?.repo;
  if (head === undefined || repo === undefined) throw new Error('the description of a pull request has changed');
  const orNull: Schema = { anyOf: [repo, { type: 'null' }] };
  return { ...schema, properties: { ...schema.properties, head: { ...head, properties: { ...head.properties, repo: orNull } } } };
}

const operations = new Map<string, Operation>();

export function operation(name: string): Operation {
  const known = operations.get(name) ?? read(name);
  operations.set(name, known);
  return known;
}

function read(name: string): Operation {
  const [method = '', template = ''] = name.split(' ');
  const raw = description().paths[template]?.[method.toLowerCase()];
  if (raw === undefined) throw new Error(`GitHub has no ${name}`);
  const { parameters, responses } = description().components;
  const body = raw.requestBody?.content?.['application/json']?.schema;
  return {
    name,
    parameters: (raw.parameters ?? []).map((entry) => {
      const found = '$ref' in entry ? parameters[entry.$ref.split('/').at(-1) ?? ''] : entry;
      if (found === undefined) throw new Error(`a parameter of ${name} is missing`);
      return found;
    }),
    body: body === undefined ? undefined : { schema: body, required: raw.requestBody?.required ?? false },
    response(status) {
      const entry = raw.responses[String(status)];
      const content = entry?.$ref === undefined ? entry : responses[entry.$ref.split('/').at(-1) ?? ''];
      return content?.content?.['application/json']?.schema;
    },
  };
}
