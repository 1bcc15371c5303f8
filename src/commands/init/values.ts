import path from 'node:path';
import { groupBy } from '../../model/group.ts';
import { environmentNames } from '../init-environments.ts';
import type { ChartValues } from './proposals.ts';

/**
 * Values files of a chart that are outside of its folder, such as `envs/production/api-values.yaml` for `charts/api`: named after the chart, one
 * for each environment. Undefined if there are none.
 */
export function valuesFor(
  chart: string,
  files: readonly string[],
  environments: readonly string[],
  because: string,
): ChartValues | undefined {
  const name = path.posix.basename(chart);
  const found = files.filter((file) => isValuesOf(name, file) && !file.startsWith(`${chart}/`));
  const releases = groupBy(found, (file) => environmentOf(file, environments));
  const named = [...releases].filter(([environment]) => environment !== undefined);
  // Files without an environment apply to all of them, before their own.
  const shared = releases.get(undefined) ?? [];
  const all = named.length === 0 ? [...releases] : named.map(([environment, own]) => [environment, [...shared, ...own]] as const);
  if (all.length === 0) return undefined;
  return {
    path: chart,
    releases: all.map(([environment, own]) => ({
      ...(environment !== undefined && { environment }),
      values: own.map((file) => path.posix.relative(chart, file)),
    })),
    because,
  };
}

/** `api-values.yaml`, `values-api.yaml`, `api.values.yaml`, `api/values.yaml`, `values/api.yaml`. */
function isValuesOf(chart: string, file: string): boolean {
  if (!/\.ya?ml$/.test(file)) return false;
  const words = file
    .replace(/\.ya?ml$/, '')
    .split('/')
    .flatMap((step) => [step, ...step.split('.')]);
  const joined = words.flatMap((word) => [word, word.replace(/[-_.]?values[-_.]?/, '')]);
  return words.some((word) => /(?:^|[-_.])values(?:$|[-_.])/.test(word)) && joined.includes(chart);
}

function environmentOf(file: string, environments: readonly string[]): string | undefined {
  const words = file
    .replace(/\.ya?ml$/, '')
    .split(/[/._-]/)
    .filter((word) => environmentNames.includes(word));
  return words.find((word) => environments.includes(word));
}
