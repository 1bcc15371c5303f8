import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Origin } from '../model/resource.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import { dependencyIn } from './helm-dependencies.ts';
import { findTemplateLine } from './template-lines.ts';

/** What a release was rendered from. */
export interface ChartSources {
  readonly chart: HelmChart;
  /** Template file (relative to the workspace) -> its lines. */
  readonly templates: ReadonlyMap<string, readonly string[]>;
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

/** Whether Helm installs a file as it is. `templates/crds/` is rendered like any other template. @param file Below the chart's folder. */
export function isCrdFile(file: string): boolean {
  return /^(?:charts\/[^/]+\/)*crds\//.test(file);
}

/** A field of a rendered document, as far as the text of its template shows. */
export function templateOrigin(sources: ChartSources, mark: string | undefined, kind: string): Origin {
  const file = mark === undefined ? undefined : path.posix.join(sources.chart.path, mark.split('/').slice(1).join('/'));
  const lines = file === undefined ? undefined : sources.templates.get(file);
  if (file === undefined || lines === undefined) {
    // A template of a packed subchart has no file in the repository: what there is of it is the dependency.
    const place = dependencyPlace(sources, mark);
    return { locate: () => place };
  }
  return {
    locate(field) {
      const { line, column, found } = findTemplateLine(lines, kind, field);
      return { file, line, column, precision: found === field.length ? 'field' : 'parent' };
    },
  };
}

function dependencyPlace({ chart, chartFile }: ChartSources, mark: string | undefined): SourceLocation {
  const [, folder, name] = mark?.split('/') ?? [];
  const entry = folder === 'charts' ? dependencyIn(chartFile, (one) => (one.alias ?? one.name) === name) : undefined;
  const line = entry?.line ?? 1;
  return { file: path.posix.join(chart.path, 'Chart.yaml'), line, precision: 'file' };
}
