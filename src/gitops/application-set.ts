import type { FieldPath } from '../model/field-path.ts';
import { toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonObject, type JsonValue, mergePatch } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type ApplicationSetSpec, applicationSetSpec, type Generator, templateOf } from './application-set-schema.ts';
import { readApplication } from './argo.ts';
import type { Deployable, Pointer, Unreadable } from './deployable.ts';
import { generate } from './generators.ts';
import * as next from './next-steps.ts';
import type { GeneratorContext, RenderText } from './parameters.ts';
import { readSpec } from './read-spec.ts';
import { onlyTemplates, renderPlaceholders } from './template-text.ts';
import { unavailable } from './unavailable.ts';
import { type Layer, type WrittenAt, writtenIn } from './written.ts';

const specAt: FieldPath = ['spec', 'template', 'spec'];

/** Everything that the Applications of an ApplicationSet deploy, and the generators that are not known here. */
export async function readApplicationSet(
  pointer: Pointer,
  context: Omit<GeneratorContext, 'spec' | 'render'> & { readonly goTemplate: RenderText },
): Promise<readonly (Deployable | Unreadable)[]> {
  const read = readSpec(pointer.object, ['spec'], applicationSetSpec);
  if (!read.ok) return [read.unreadable];
  const spec = read.value;
  const render = onlyTemplates(spec.goTemplate === true ? context.goTemplate : renderPlaceholders);
  const answers: (Deployable | Unreadable)[] = [];
  for (const [index, generator] of spec.generators.entries()) {
    const at = ['spec', 'generators', index];
    try {
      const { parameters, unknown } = await generate(generator, { ...context, spec, render });
      for (const what of unknown)
        answers.push(unavailable(at, {}, `what ${what} deploys`, 'its parameters are not known here', next.renderBefore));
      for (const one of parameters) {
        const { application, writtenAt } = await applicationOf(pointer, spec, { generator, at }, one, render);
        const found = readApplication(application, context.here, specAt);
        answers.push(...found.map((deployable) => ('kind' in deployable ? withPlaces(deployable, writtenAt) : deployable)));
      }
    } catch (thrown) {
      const { message, next: step = 'Correct the template or the generator.' } = toGateError(thrown).details;
      answers.push({ at, reason: `its Applications cannot be generated: ${message}`, next: step });
    }
  }
  return answers;
}

async function applicationOf(
  set: Pointer,
  spec: ApplicationSetSpec,
  { generator, at }: { readonly generator: Generator; readonly at: FieldPath },
  parameters: JsonObject,
  render: RenderText,
): Promise<{ readonly application: Pointer; readonly writtenAt: WrittenAt }> {
  const own = templateOf(generator);
  const template = merged({ metadata: spec.template.metadata ?? {}, spec: spec.template.spec ?? {} }, own.template);
  const filled = await fill(template, parameters, render);
  const patch = spec.templatePatch ? await render([spec.templatePatch], parameters) : [];
  const patches = patch.flatMap((text) => parseYaml({ file: 'templatePatch', text }).map(({ value }) => value)).filter(isObject);
  const before = isObject(filled) ? filled : {};
  const object = keepProject(patches.reduce<JsonObject>(mergePatch, before), before);
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const application = {
    apiVersion: set.apiVersion,
    kind: 'Application',
    name: typeof metadata.name === 'string' ? metadata.name : set.name,
    ...(set.namespace !== undefined && { namespace: set.namespace }),
    // Where the ApplicationSet has it, so that a field of it is one of the template.
    object: { metadata, spec: { template: { spec: object.spec ?? {} } } },
  };
  const layers = [
    { value: own.template, place: (field: FieldPath) => ({ at: [...at, own.of, 'template', ...field] }) },
    ...patches.map((value) => ({
      value,
      // Without its actions it is often no YAML; they take no line away as they are usually written.
      place: (field: FieldPath) => ({ within: ['spec', 'templatePatch'], text: patch[0] ?? '', at: field }),
    })),
  ].map(({ value, place }): Layer => {
    return { below: specAt, value: isObject(value.spec) ? value.spec : {}, place: (field) => place(['spec', ...field]) };
  });
  return { application, writtenAt: writtenIn(layers) };
}

function withPlaces(deployable: Deployable, writtenAt: WrittenAt): Deployable {
  const own = deployable.writtenAt;
  if (own === undefined) return { ...deployable, writtenAt };
  // What a file of the folder sets is in that file, anything else where the ApplicationSet has it.
  return {
    ...deployable,
    writtenAt(path) {
      const found = own(path);
      return 'file' in found ? found : writtenAt(path);
    },
  };
}

/** Every text of the template in one go: a template engine is a process. */
async function fill(template: JsonObject, parameters: JsonObject, render: RenderText): Promise<JsonValue> {
  const texts: string[] = [];
  visit(template, (text) => {
    texts.push(text);
    return text;
  });
  const answers = await render(texts, parameters);
  let index = 0;
  return visit(template, (text) => answers[index++] ?? text);
}

function visit(value: JsonValue, each: (text: string) => string): JsonValue {
  if (typeof value === 'string') return each(value);
  if (isArray(value)) return value.map((item) => visit(item, each));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [each(key), visit(inner, each)]));
}

/** What Go takes for a field that is not set. */
function isEmpty(value: JsonValue): boolean {
  return value === null || value === '' || value === false || value === 0 || (isArray(value) && value.length === 0);
}

/** Maps are merged; a list of the patch takes the place of the other one. */
function merged(base: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (isEmpty(value)) continue;
    result[key] = isObject(before) && isObject(value) ? merged(before, value) : value;
  }
  return result;
}

/** A patch cannot move an Application to another project. */
function keepProject(object: JsonObject, before: JsonObject): JsonObject {
  if (!isObject(object.spec) || !isObject(before.spec)) return object;
  return { ...object, spec: { ...object.spec, project: before.spec.project ?? '' } };
}
