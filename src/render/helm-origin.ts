import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Origin } from '../model/resource.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import type { DocumentTrace } from './helm-trace.ts';
import { findTemplateLine } from './template-lines.ts';

/** What a release was rendered from, to find a field again. */
export interface ChartSources {
  readonly chart: HelmChart;
  /** Template file (relative to the workspace) -> its lines. */
  readonly templates: ReadonlyMap<string, readonly string[]>;
  /** Values of the release, the last one winning, after the chart's own. */
  readonly values: readonly YamlDocument[];
  /** Undefined where Chart.yaml can't be read strictly. */
  readonly chartFile: YamlDocument | undefined;
}

/**
 * By line (from 1) of Helm's output: what the nearest `# Source: cart/templates/deployment.yaml` above it names. Only the line behind a
 * separator is Helm's: a template may write such comments, too. Helm splits what templates write at separators and marks each piece, but
 * writes files of `crds/` as they are, with whatever they hold.
 */
export function sourceMarks(
  output: readonly string[],
  linesAsTheyAre: (mark: string) => number,
): (line: number) => string | undefined {
  const marks: (string | undefined)[] = [];
  let mark: string | undefined;
  for (let index = 0; index < output.length; ) {
    const own = /^---\s*$/.test(output[index] ?? '') ? /^# Source: (.+)$/.exec(output[index + 1] ?? '')?.[1]?.trim() : undefined;
    mark = own ?? mark;
    const end = index + (own === undefined ? 1 : 2 + linesAsTheyAre(own));
    for (; index < end; index += 1) marks.push(mark);
  }
  return (line) => marks[line - 1];
}

/** A field of a rendered document, in its template or in the values that decided it. Without a trace by the looks of the template. */
export function helmOrigin(sources: ChartSources, mark: string | undefined, kind: string, trace?: DocumentTrace): Origin {
  if (trace === undefined) return guessed(sources, mark, kind, sources.values);
  // Values that were not proven to decide a field are not named by the looks of its line.
  const guess = guessed(sources, mark, kind, []);
  return {
    locate(field) {
      const found = existing(trace.value, field);
      const precision = found.length === field.length ? 'field' : 'parent';
      const values = trace.values(found);
      if (values !== undefined) return { ...values, precision };
      for (let length = found.length; length >= 0; length -= 1) {
        const template = trace.template(found.slice(0, length));
        if (template !== undefined && length === found.length) return { ...template, precision };
        const guessedPlace = length === found.length ? guess.locate(found) : undefined;
        if (guessedPlace?.precision === 'field') return { ...guessedPlace, precision };
        if (template !== undefined) return { ...template, precision: 'parent' };
      }
      return guess.locate(field);
    },
  };
}

function existing(value: JsonValue, field: FieldPath): FieldPath {
  let length = field.length;
  while (length > 0 && valueAt(value, field.slice(0, length)) === undefined) length -= 1;
  return field.slice(0, length);
}

function guessed(sources: ChartSources, mark: string | undefined, kind: string, documents: readonly YamlDocument[]): Origin {
  const file = mark === undefined ? undefined : path.posix.join(sources.chart.path, mark.split('/').slice(1).join('/'));
  const lines = file === undefined ? undefined : sources.templates.get(file);
  if (file === undefined || lines === undefined) {
    // A template of a packed subchart has no file in the repository: what there is of it is the dependency.
    const place = dependencyPlace(sources, mark);
    return { locate: () => place };
  }
  const isOwn = mark?.split('/')[1] === 'templates';
  return {
    locate(field) {
      const found = findTemplateLine(lines, kind, field);
      const rest = field.slice(found.found);
      const values = isOwn ? valuesPlace(documents, lines, found.line, rest) : undefined;
      if (values !== undefined) return values;
      return { file, line: found.line, column: found.column, precision: rest.length === 0 ? 'field' : 'parent' };
    },
  };
}

function dependencyPlace({ chart, chartFile }: ChartSources, mark: string | undefined): SourceLocation {
  const [, folder, name] = mark?.split('/') ?? [];
  const dependencies = isObject(chartFile?.value) ? chartFile.value.dependencies : undefined;
  const index =
    folder === 'charts' && isArray(dependencies)
      ? dependencies.findIndex((entry) => isObject(entry) && (entry.alias ?? entry.name) === name)
      : -1;
  const line = index === -1 ? 1 : (chartFile?.locate(['dependencies', index]).line ?? 1);
  return { file: path.posix.join(chart.path, 'Chart.yaml'), line, precision: 'file' };
}

/**
 * Where a template only passes a value on, the reader has to change the values: the last file that sets it. A scalar that has
 * the chart's own default stays at the template, where its use can be seen.
 */
function valuesPlace(
  values: readonly YamlDocument[],
  lines: readonly string[],
  line: number,
  rest: FieldPath,
): SourceLocation | undefined {
  const text = rest.length === 0 ? (lines[line - 1] ?? '') : `${lines[line - 1] ?? ''}\n${lines[line] ?? ''}`;
  const paths = [...text.matchAll(/\.Values((?:\.[A-Za-z_]\w*)+)/g)].map((match) => (match[1] ?? '').slice(1).split('.'));
  if (rest.length > 0 && paths.length !== 1) return undefined;
  const usable = rest.length === 0 ? values.slice(1) : values;
  for (const document of usable.toReversed()) {
    for (const at of paths) {
      const place = document.locate([...at, ...rest]);
      if (place.precision === 'field') return place;
    }
  }
  return undefined;
}
