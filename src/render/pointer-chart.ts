import type { ReleaseDeployable } from '../gitops/deployable.ts';
import * as next from '../gitops/next-steps.ts';
import type { FetchedFrom } from '../model/config.ts';
import { shown } from '../model/paths.ts';
import type { Sources } from '../model/sources.ts';
import type { Rendered } from './objects.ts';

/** A chart that a pointer deploys, or why there is none. */
type PointerChart =
  | {
      /** As messages name it. */
      readonly what: string;
      readonly path: string;
      readonly fetched?: FetchedFrom;
    }
  | { readonly what: string; readonly reason: string; readonly next: string };

/** The chart of this repository, or one that is fetched. */
export async function pointerChart(
  { chart, at }: ReleaseDeployable,
  pointer: Rendered,
  sources: Sources | undefined,
): Promise<PointerChart> {
  if (chart.kind === 'folder') {
    const folder = shown(chart.folder);
    return { what: `chart ${folder}`, path: folder };
  }
  const { url, name, version } = chart;
  const what = `chart ${name}${version === '' ? '' : ` ${version}`} of ${url}`;
  if (sources === undefined) return { what, reason: 'the chart is not in this repository', next: next.vendorChart };
  const found = await sources.chart({ url, name, version });
  if (found.status === 'not-fetched') return { what, reason: found.reason, next: found.next };
  return {
    what: `chart ${name} ${found.version} of ${url}`,
    path: found.path,
    fetched: { root: found.root, label: `${name} of ${url}`, place: pointer.origin.locate(at) },
  };
}
