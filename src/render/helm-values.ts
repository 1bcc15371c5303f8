import path from 'node:path';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isObject, type JsonObject, type JsonValue, mergeMaps, nestedAt } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import type { ValuesSource } from './helm-copy.ts';
import { readChartFacts, vendoredFolders } from './helm-dependencies.ts';
import type { Release } from './provenance.ts';

/** The values of a release, as the parent chart sees them: those of a subchart are below its name. */
export interface EffectiveValues {
  readonly values: JsonObject;
  /** Dotted paths that switch subcharts on and off. */
  readonly switches: ReadonlySet<string>;
  /** Where the source with the last word sets a path; undefined if no file of the repository does. */
  locate(path: FieldPath): SourceLocation | undefined;
  /** Which source of the release that is, from 1: a later one wins. 0: a chart's own values. */
  rank(path: FieldPath): number;
  /** The text of a file with values. */
  lines(file: string): readonly string[];
}

/** One source of values. */
interface Layer {
  readonly file: string;
  readonly text: string;
  /** The subchart whose values these are. */
  readonly prefix: readonly string[];
  /** Where the values begin in the file. */
  readonly at: FieldPath;
  readonly document: YamlDocument;
  readonly value: JsonValue | undefined;
  readonly from: ValuesSource['from'];
}

/** Undefined if a file can't be read: what it overrides is not known then. */
export async function effectiveValues(
  { chart, copy, values }: Pick<Release, 'chart' | 'copy' | 'values'>,
  files: Files,
): Promise<EffectiveValues | undefined> {
  const switches = new Set<string>();
  try {
    const own = await chartLayers(chart.path, copy, [], switches, files);
    const layers = [...own, ...values.flatMap((file) => layerOf(file, []))];
    const merged = layers.reduce<JsonObject>((into, layer) => mergeMaps(into, nested(layer)), {});
    const layerAt = (at: FieldPath): number =>
      layers.findLastIndex(
        ({ prefix, value }) =>
          prefix.every((step, index) => at[index] === step) &&
          at.length > prefix.length &&
          valueAt(value, at.slice(prefix.length)) !== undefined,
      );
    return {
      values: merged,
      switches,
      rank: (at) => Math.max(0, layerAt(at) - own.length + 1),
      lines: (file) => layers.find((layer) => layer.file === file)?.text.split('\n') ?? [],
      locate(at) {
        const layer = layers[layerAt(at)];
        const below = at.slice(layer?.prefix.length);
        const place = layer?.document.locate([...layer.at, ...below]);
        if (place?.precision !== 'field' || layer?.from === undefined) return place?.precision === 'field' ? place : undefined;
        const { isText, path: field, provenance, line = 1 } = layer.from;
        return isText
          ? { ...place, line, from: { provenance, path: field, line: place.line } }
          : { ...place, from: { provenance, path: [...field, ...below] } };
      },
    };
  } catch {
    return undefined;
  }
}

/** Subcharts first: the values of their parent win. Those in archives have no file in the repository. */
async function chartLayers(
  name: string,
  copy: string,
  prefix: readonly string[],
  switches: Set<string>,
  files: Files,
): Promise<readonly Layer[]> {
  const { dependencies } = await readChartFacts(copy, files);
  for (const { condition } of dependencies) {
    for (const one of condition.split(',')) switches.add([...prefix, one.trim()].join('.'));
  }
  const layers: Layer[] = [];
  for (const folder of await vendoredFolders(copy, files)) {
    const own = await readChartFacts(path.join(copy, 'charts', folder), files);
    const named = dependencies.filter((dependency) => dependency.name === own.name);
    const calls = named.length === 0 ? [own.name] : named.map((dependency) => dependency.alias ?? dependency.name);
    for (const call of calls) {
      const at = path.posix.join(name, 'charts', folder);
      layers.push(...(await chartLayers(at, path.join(copy, 'charts', folder), [...prefix, call], switches, files)));
    }
  }
  const file = path.join(copy, 'values.yaml');
  if ((await files.stat(file))?.kind !== 'file') return layers;
  return [
    ...layers,
    ...layerOf({ file: path.posix.join(name, 'values.yaml'), text: await files.readText(file), copy: file }, prefix),
  ];
}

/** Throws what parseYaml does. */
function layerOf({ file, text, at = [], from }: ValuesSource, prefix: readonly string[]): readonly Layer[] {
  const [document] = parseYaml({ file, text });
  return document === undefined ? [] : [{ file, text, prefix, at, document, value: valueAt(document.value, at), from }];
}

function nested({ prefix, value }: Layer): JsonObject {
  return nestedAt(prefix, isObject(value) ? value : {});
}
