import type { HelmChart } from '../model/config.ts';
import type { SourceUnit } from '../model/manifest-set.ts';
import type { NestedChart } from '../model/source-set.ts';

/**
 * Which charts inside another one's `charts/` are rendered by themselves: those that the base installs so, and those of which no release of
 * another chart rendered anything, unless the base had them there as well. A condition that switches a dependency off is not proof that nobody deploys it, if the chart with that
 * condition is new.
 */
export function nestedCharts(
  nested: readonly NestedChart[],
  rendered: ReadonlySet<string>,
): { readonly alone: readonly HelmChart[]; readonly skipped: readonly SourceUnit[] } {
  const left = nested.filter(
    ({ chart, wasAlone }) => wasAlone || ![...rendered].some((file) => file.startsWith(`${chart.path}/`)),
  );
  return {
    alone: left.filter(({ wasNested }) => !wasNested).map(({ chart }) => chart),
    skipped: left
      .filter(({ wasNested }) => wasNested)
      .map(({ chart, parent }) => ({
        kind: 'helm',
        path: chart.path,
        status: 'skipped',
        resources: 0,
        reason: `a dependency of chart ${parent === '' ? '.' : parent} that none of its releases renders`,
      })),
  };
}
