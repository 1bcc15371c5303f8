import { addTo, groupBy } from '../model/group.ts';
import type { Rendered } from './objects.ts';
import type { UnitResult } from './plain.ts';
import type { Made, PointerContext, RenderedBefore } from './pointers.ts';

/** Reads manifests as a pointer deploys them: as they are. */
export type ReadFiles<T> = (files: ReadonlySet<string>) => Promise<Pick<Made<T>, 'results' | 'deployed'>>;

/**
 * Most files were found by discover. Those that a kustomization or a chart uses were evaluated as parts of it only, which proves nothing about
 * the file alone: a patch may have made it harmless.
 */
export function createReader<T extends UnitResult>(
  before: RenderedBefore<T>,
  context: Pick<PointerContext<T>, 'readAsIs'>,
): ReadFiles<T> {
  const isPlain = ({ source: { kind } }: Rendered) => kind === 'plain';
  const plain = groupBy(before.rendered.filter(isPlain), ({ source: { unit } }) => unit);
  return async (files) => {
    const known = [...files].flatMap((file) => plain.get(file) ?? []);
    const results = await context.readAsIs([...files].filter((file) => !plain.has(file)));
    const read = results.flatMap(({ rendered }) => rendered);
    for (const one of read) addTo(plain, one.source.unit, one);
    return { results, deployed: [...known, ...read] };
  };
}
