import path from 'node:path';
import type { HelmChart } from '../model/config.ts';
import type { Origin } from '../model/resource.ts';
import type { ChartNames } from '../model/source-set.ts';
import type { Borrowed } from './helm-copy.ts';

export interface KnownNames {
  readonly names: ChartNames;
  readonly borrowed: Borrowed;
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
export function inRepository(origin: Origin, chart: HelmChart, { borrowed }: KnownNames): Origin {
  if (borrowed.size === 0) return origin;
  const places = [...borrowed].map(([place, folder]) => [`${path.posix.join(chart.path, place)}/`, folder] as const).toReversed();
  return {
    locate(field) {
      const found = origin.locate(field);
      const [prefix, folder] = places.find(([start]) => found.file.startsWith(start)) ?? [];
      return prefix === undefined || folder === undefined
        ? found
        : { ...found, file: path.posix.join(folder, found.file.slice(prefix.length)) };
    },
  };
}
