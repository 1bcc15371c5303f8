import path from 'node:path';
import type { HelmChart, HelmRelease } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { gapOfError } from '../model/gap.ts';
import type { GateError } from '../model/gate-error.ts';
import { formatLocation } from '../model/location.ts';
import type { YamlDocument } from '../yaml/yaml.ts';
import type { MissingDependency } from './helm-copy.ts';
import { dependencyIn } from './helm-dependencies.ts';
import type { UnitResult } from './plain.ts';

/** The chart asks for something that is not in the repository, so nothing of this release was evaluated. */
export function gapOf(chart: HelmChart, release: HelmRelease, error: GateError): Gap {
  return gapOfError(error, path.posix.join(chart.path, 'Chart.yaml'), { subject: nameOf(chart, release), unit: chart.path });
}

/**
 * Nothing of the release was rendered, and a dependency is missing: to provide it is the next step, whatever Helm complains about.
 * @param gaps Of the dependencies that are missing, at least one.
 */
export function incompleteGap(chart: HelmChart, release: HelmRelease, error: GateError, gaps: readonly MissingGap[]): Gap {
  const [first] = gaps;
  if (first === undefined) return gapOf(chart, release, error);
  const { dependency: _name, ...gap } = first;
  const others = gaps.slice(1).map(({ dependency }) => dependency);
  const also = others.length === 0 ? '' : ` (also missing: ${others.join(', ')})`;
  const { file = gap.file, line = 1, message } = error.details;
  const isHelper = /: template: no template "/.test(message);
  const seen = isHelper ? `${formatLocation({ file, line })} includes a template that is not in the chart` : message;
  return {
    ...gap,
    subject: nameOf(chart, release),
    reason: `it lacks the dependency ${first.dependency}${also}: ${gap.reason}; and ${seen}`,
    unit: chart.path,
  };
}

export interface MissingGap extends Gap {
  readonly dependency: string;
}

/** The rest of the release was rendered without it. */
export function missingGap(
  chart: HelmChart,
  release: HelmRelease,
  { name, repository, reason, next }: MissingDependency,
  chartFile: YamlDocument | undefined,
): MissingGap {
  return {
    dependency: name,
    file: path.posix.join(chart.path, 'Chart.yaml'),
    line: dependencyIn(chartFile, (entry) => entry.name === name)?.line ?? 1,
    subject: dependencyOf(chart, release, name),
    reason: `it is not in ${path.posix.join(chart.path, 'charts')}/${repository === '' ? '' : `, and ${reason ?? `the gate does not fetch ${repository}`}`}`,
    next:
      next ??
      'Run `helm dependency build` and commit charts/, or run it in the workflow before the gate and list charts/ under `generated` of .k8s-gate.yaml.',
    unit: `${chart.path}/charts/${name}`,
  };
}

/** What a release has rendered, as the gaps above would name it. */
export function evaluatedIn(chart: HelmChart, release: HelmRelease, dependencies: readonly string[]): readonly string[] {
  return [nameOf(chart, release), ...dependencies.map((name) => dependencyOf(chart, release, name))];
}

function dependencyOf(chart: HelmChart, release: HelmRelease, name: string): string {
  return `dependency ${name} of ${nameOf(chart, release)}`;
}

/** That a fetched chart does not render is not the repository's fault. */
export function fetchedGaps(chart: HelmChart, release: HelmRelease, { failures, gaps = [] }: UnitResult): readonly Gap[] {
  const { fetched } = chart;
  if (fetched === undefined) return gaps;
  const { file, line } = fetched.place;
  return [...failures.map((failure) => gapOf(chart, release, failure)), ...gaps].map((gap) => ({
    ...gap,
    file,
    line,
    reason: gap.line === undefined ? gap.reason : `${formatLocation({ file: gap.file, line: gap.line })}: ${gap.reason}`,
  }));
}

function nameOf(chart: HelmChart, { values, deployed }: HelmRelease): string {
  const name = chart.fetched?.label ?? chart.path;
  if (deployed !== undefined) return `chart ${name} as ${deployed.by} deploys it`;
  return `chart ${name}${values.length === 0 ? '' : ` with ${values.join(', ')}`}`;
}
