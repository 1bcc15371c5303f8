import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { formatLocation, type SourceLocation } from '../model/location.ts';
import { isInside } from '../model/paths.ts';
import type { ChartNames } from '../model/source-set.ts';
import type { Borrowed, Copied } from './helm-copy.ts';

export interface KnownNames {
  readonly names: ChartNames;
  readonly borrowed: Borrowed;
  readonly fetched: Copied['fetched'];
}

/**
 * The file of the repository that a document came from: `# Source: shop/charts/cart/templates/a.yaml` names charts, by alias too, and no
 * folders. Undefined for a template of a packed dependency, which has no file.
 */
export function fileOfMark(mark: string | undefined, chart: HelmChart, { names, borrowed }: KnownNames): string | undefined {
  let [, ...steps] = mark?.split('/') ?? [];
  let folder = chart.path === '.' ? '' : chart.path;
  for (let place = ''; steps[0] === 'charts' && steps.length > 2; steps = steps.slice(2)) {
    const name = steps[1] ?? '';
    place = path.posix.join(place, 'charts', name);
    const next = names.get(folder)?.get(name) ?? borrowed.get(place);
    if (next === undefined) return undefined;
    folder = next;
  }
  return steps.length === 0 ? undefined : path.posix.join(folder, ...steps);
}

/** A dependency by `file://` is rendered from a copy inside the chart; its lines are where the dependency is. */
export function inRepository(place: SourceLocation, chart: HelmChart, { borrowed, fetched }: KnownNames): SourceLocation {
  if (chart.fetched !== undefined)
    return isInside(place.file, chart.path)
      ? { ...chart.fetched.place, precision: 'file', inside: formatLocation({ file: place.file, line: place.line }) }
      : place;
  const dependency = [...fetched].find(([at]) => isInside(place.file, path.posix.join(chart.path, at)));
  if (dependency !== undefined) {
    const [at, { path: name, place: asked }] = dependency;
    const file = path.posix.join(name, path.posix.relative(path.posix.join(chart.path, at), place.file));
    return { ...asked, inside: formatLocation({ file, line: place.line }) };
  }
  const places = [...borrowed].map(([at, folder]) => [`${path.posix.join(chart.path, at)}/`, folder] as const).toReversed();
  const [prefix, folder] = places.find(([start]) => place.file.startsWith(start)) ?? [];
  return prefix === undefined || folder === undefined
    ? place
    : { ...place, file: path.posix.join(folder, place.file.slice(prefix.length)) };
}

/** As Helm has it. The name is an argument of its own: one that begins with a dash would be an option. */
export function isReleaseName(name: string): boolean {
  const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
  return name.length <= 53 && new RegExp(`^${label}(?:\\.${label})*$`).test(name);
}

export function nameRefused(name: string, { path: chart }: HelmChart): GateError {
  return new GateError('RENDER_REFUSED', {
    file: path.posix.join(chart, 'Chart.yaml'),
    line: 1,
    message: `${JSON.stringify(name)} is not the name of a release`,
    expected: releaseNameRule,
    next: 'Correct `releaseName`.',
  });
}

export const releaseNameRule = 'at most 53 lower-case letters, digits, `-` and `.`, and no `-` or `.` at either end';
