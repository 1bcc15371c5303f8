import path from 'node:path';
import type { Parameter, ReleaseDeployable, ValuesLayer as SetValues } from '../gitops/deployable.ts';
import { attempt } from '../model/attempt.ts';
import type { HelmChart } from '../model/config.ts';
import type { ValuesLayer } from '../model/deployed.ts';
import type { FieldPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import { dottedSteps, isObject, type JsonObject, type JsonValue, nestedAt, stringifyJson } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { refuseLinks } from './helm-copy.ts';
import { atLines } from './lines-of-json.ts';
import type { Rendered } from './objects.ts';
import { type PlacedPointer, renderedField } from './placed-pointer.ts';
import { documentOf, isBlockScalar } from './pointer-document.ts';
import { renderedAs } from './pointer-places.ts';

/** What Helm gets for a release, each source with the place in the repository where it is written. */
export interface PointerValues {
  readonly layers: readonly ValuesLayer[];
  readonly sets: readonly string[];
}

/** Throws GateError for a values file that does not exist. */
export async function pointerValues(
  release: ReleaseDeployable,
  pointer: PlacedPointer,
  known: readonly Rendered[],
  { workspace, path: chart, fetched }: { readonly workspace: string } & Pick<HelmChart, 'path' | 'fetched'>,
  files: Files,
): Promise<PointerValues> {
  const layers: ValuesLayer[] = [];
  const ofChart = fetched === undefined ? undefined : createReader(pointer, known, fetched.root, files);
  const read = createReader(pointer, known, workspace, files);
  const { files: defaults, optional } = release.defaults ?? { files: [], optional: false };
  for (const file of defaults) {
    const one = { kind: 'file', optional, at: release.at } as const;
    // For a fetched chart, they are its own files.
    if (ofChart === undefined) layers.push(...(await read.values({ ...one, path: file })));
    else layers.push(...(await ofChart.values({ ...one, path: path.posix.join(chart, file) })));
  }
  for (const one of release.values) layers.push(...(await read.values(one)));
  const sets: string[] = [];
  for (const parameter of release.parameters) {
    const layer = await read.parameter(parameter);
    if (layer !== undefined) layers.push(layer);
    else if (parameter.kind !== 'file')
      sets.push(parameter.kind === 'string' ? '--set-string' : '--set', `${parameter.name}=${parameter.value}`);
  }
  return { layers, sets };
}

function createReader(pointer: PlacedPointer, known: readonly Rendered[], workspace: string, files: Files) {
  const textOf = async (file: string, at: FieldPath): Promise<string> => {
    await refuseLinks(file, workspace, files);
    const absolute = path.join(workspace, file);
    if ((await files.stat(absolute))?.kind === 'file') return files.readText(absolute);
    const place = pointer.origin.locate(at);
    throw new GateError('RENDER_FAILED', {
      file: place.file,
      line: place.line,
      message: `the values file ${file} does not exist`,
      expected: 'a file of this repository',
      next: 'Add it, or correct the path.',
    });
  };
  return {
    async values(one: SetValues): Promise<readonly ValuesLayer[]> {
      if (one.kind === 'inline') return inline(one.values, one.at, renderedAs(one.of, known, pointer));
      if (one.kind === 'text') return [await written(one.text, one.at, renderedAs(one.of, known, pointer))];
      if (one.optional && (await files.stat(path.join(workspace, one.path))) === undefined) return [];
      const text = await textOf(one.path, one.at);
      return [{ content: text, file: one.path, text }];
    },
    async parameter(parameter: Parameter): Promise<ValuesLayer | undefined> {
      const { name, at } = parameter;
      if (parameter.kind === 'file') return atPath(name, await textOf(parameter.path, at), at);
      const value = parameter.value.replaceAll('\\,', ',');
      // Lists and indexes are left to Helm.
      if (!/^[\w/-]+(?:(?:\\)?\.[\w/-]+)*$/.test(name) || /^\{|\\/.test(value)) return undefined;
      return atPath(name, parameter.kind === 'string' ? value : typed(value), at);
    },
  };

  /** A value that `--set` would put at a dotted path. */
  function atPath(name: string, value: JsonValue, at: FieldPath): ValuesLayer {
    return onOneLine(stringifyJson(nestedAt(dottedSteps(name), value)), at);
  }

  /** A map of the pointer: its fields are where the pointer has them, which may be several files. */
  function inline(values: JsonObject, at: FieldPath, of: PlacedPointer): readonly ValuesLayer[] {
    const fileOf = (field: FieldPath): string => of.origin.locate([...at, ...field]).file;
    const inFiles = new Set(leavesOf(values).map(fileOf));
    return [...(inFiles.size === 0 ? [fileOf([])] : inFiles)].map((file) => {
      const own = inFiles.size < 2 ? values : (only(values, (field) => fileOf(field) === file) ?? {});
      const text = atLines(own, (field) => {
        const place = of.origin.locate([...at, ...field]);
        return place.file === file ? place.line : undefined;
      });
      const [leaf = []] = leavesOf(own);
      const from = renderedField(of, [...at, ...leaf]) === undefined ? undefined : renderedField(of, at);
      return { content: stringifyJson(own), file, text, ...(from !== undefined && { from: { ...from, isText: false } }) };
    });
  }

  /** Values that are written as YAML in a string: a block scalar has them line by line below its key. */
  async function written(content: string, at: FieldPath, of: PlacedPointer): Promise<ValuesLayer> {
    const { file, line } = of.origin.locate(at);
    const from = renderedField(of, at, line);
    if (from !== undefined) return { content, file, text: content, from: { ...from, isText: true } };
    const document = file === of.source.unit ? await documentOf(of, workspace, files) : undefined;
    const key = document === undefined ? '' : (document.text.split('\n')[line - 1] ?? '');
    if (isBlockScalar(key)) return { content, file, text: `${'\n'.repeat(line)}${content}` };
    return { ...onOneLine(flat(content), at, of), content };
  }

  function onOneLine(content: string, at: FieldPath, of = pointer): ValuesLayer {
    const { file, line } = of.origin.locate(at);
    const from = renderedField(of, at, line);
    return {
      content,
      file,
      text: `${'\n'.repeat(line - 1)}${content}`,
      ...(from !== undefined && { from: { ...from, isText: true } }),
    };
  }
}

/** Paths of values that are not a map, and of empty maps. */
function leavesOf(value: JsonValue, at: FieldPath = []): readonly FieldPath[] {
  if (!isObject(value) || Object.keys(value).length === 0) return at.length === 0 ? [] : [at];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...at, key]));
}

/** The map with some of its leaves; undefined if it has none of them. */
function only(value: JsonObject, isWanted: (leaf: FieldPath) => boolean, at: FieldPath = []): JsonObject | undefined {
  const entries = Object.entries(value).flatMap(([key, inner]): readonly (readonly [string, JsonValue])[] => {
    const path = [...at, key];
    if (!isObject(inner) || Object.keys(inner).length === 0) return isWanted(path) ? [[key, inner]] : [];
    const below = only(inner, isWanted, path);
    return below === undefined ? [] : [[key, below]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Only to find lines: what is not YAML, Helm refuses. */
function flat(content: string): string {
  return stringifyJson(attempt(() => parseYaml({ file: 'values', text: content })[0]?.value) ?? {});
}

/** As `--set` reads a value. */
function typed(value: string): JsonValue {
  if (value === 'true' || value === 'false') return value === 'true';
  if (value === 'null') return null;
  return /^(?:0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}
