import { isArray, isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { Generator } from './application-set-schema.ts';
import { whose } from './here.ts';
import { normalized } from './names.ts';
import { flattened, type Generated, type GeneratorContext, renderedValues } from './parameters.ts';
import { deepTest, pathspecTest, shallowTest } from './path-pattern.ts';

type Git = NonNullable<Generator['git']>;

/** Folders or files of this repository: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/ */
export async function gitParameters(git: Git, context: GeneratorContext, outer: JsonObject): Promise<Generated> {
  const { here, render } = context;
  const [url = git.repoURL, revision = ''] = await render([git.repoURL, git.revision ?? ''], outer);
  const owner = whose(url, revision, here);
  if (owner !== 'here')
    return { parameters: [], unknown: [`the git generator of ${url}${owner === 'elsewhere' ? '' : ` at ${revision}`}`] };
  const found = git.files ? await ofFiles(git, git.files, context, outer) : await ofFolders(git, context, outer);
  const parameters = found.map(async (one): Promise<JsonObject> => {
    const values = git.values ? { values: await renderedValues(git.values, { ...outer, ...one }, render) } : {};
    return context.spec.goTemplate ? { ...one, ...values } : flattened({ ...one, ...values });
  });
  return { parameters: await Promise.all(parameters), unknown: [] };
}

async function ofFolders(git: Git, context: GeneratorContext, outer: JsonObject): Promise<readonly JsonObject[]> {
  const folders = [...context.here.workspace.folders].filter((folder) => folder !== '' && !/(?:^|\/)\./.test(folder));
  const chosen = await selected(git.directories ?? [], folders, folderTests, context, outer);
  return chosen.map((folder) => pathParameters(folder, undefined, git, context));
}

async function ofFiles(
  git: Git,
  patterns: NonNullable<Git['files']>,
  context: GeneratorContext,
  outer: JsonObject,
): Promise<readonly JsonObject[]> {
  const chosen = await selected(patterns, context.here.workspace.files, fileTests, context, outer);
  const made = await Promise.all(
    chosen.map(async (file) => {
      const slash = file.lastIndexOf('/');
      const place = pathParameters(slash === -1 ? '' : file.slice(0, slash), file.slice(slash + 1), git, context);
      const contents = parseYaml({ file, text: await context.readText(file) }).map(({ value }) => value);
      return contents.flatMap((value) => (isArray(value) ? value : [value])).map((value) => withContent(value, place));
    }),
  );
  return made.flat();
}

function withContent(value: JsonValue, place: JsonObject): JsonObject {
  return isObject(value) ? { ...value, ...place } : place;
}

type Tests = readonly ((pattern: string) => (path: string) => boolean)[];
const folderTests: Tests = [shallowTest];
/** Argo CD asks git, or with `enable.new.git.file.globbing` a library: what either finds may be deployed. */
const fileTests: Tests = [pathspecTest, deepTest];

async function selected(
  patterns: NonNullable<Git['directories']>,
  paths: Iterable<string>,
  tests: Tests,
  { render }: GeneratorContext,
  outer: JsonObject,
): Promise<readonly string[]> {
  const texts = await render(
    patterns.map(({ path }) => path),
    outer,
  );
  const matchers = patterns.map(({ exclude }, index) => ({
    exclude: exclude === true,
    tests: tests.map((test) => test(clean(texts[index] ?? ''))),
  }));
  const included = matchers.filter(({ exclude }) => !exclude);
  const excluded = matchers.filter(({ exclude }) => exclude);
  return [...paths]
    .filter((path) => included.some((one) => one.tests.some((test) => test(path))))
    .filter((path) => !excluded.some((one) => one.tests.every((test) => test(path))))
    .toSorted();
}

function clean(pattern: string): string {
  return pattern.replace(/^(?:\.?\/)+/, '').replace(/\/$/, '');
}

function pathParameters(
  folder: string,
  filename: string | undefined,
  { pathParamPrefix }: Git,
  { spec }: GeneratorContext,
): JsonObject {
  const segments = folder === '' ? [] : folder.split('/');
  const basename = segments.at(-1) ?? '';
  const shared = {
    basename,
    basenameNormalized: normalized(basename),
    ...(filename !== undefined && { filename, filenameNormalized: normalized(filename) }),
  };
  if (spec.goTemplate) {
    const path = { path: folder, segments, ...shared };
    return pathParamPrefix ? { [pathParamPrefix]: { path } } : { path };
  }
  const prefix = pathParamPrefix ? `${pathParamPrefix}.` : '';
  const named = Object.entries(shared).map(([key, value]) => [`${prefix}path.${key}`, value]);
  const indexed = segments.map((segment, index) => [`${prefix}path[${index}]`, segment]);
  return Object.fromEntries([[`${prefix}path`, folder], ...named, ...indexed]);
}
