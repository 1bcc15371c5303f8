import type { Change } from '../model/change.ts';
import type { Verdict } from '../model/verdict.ts';
import { runAddress } from './github-links.ts';
import { headlineOf } from './headline.ts';
import { publishers } from './registry.ts';
import type { Delivery } from './reporter.ts';
import { outcomeWord } from './view.ts';

/** The last lines of a job's log: the verdict, the counts, and where to read more. Without untrusted text. */
export function conclusionOf(verdict: Verdict, deliveries: readonly Delivery[], change: Change): readonly string[] {
  const { counts, comparison } = verdict;
  const compared =
    comparison?.status === 'compared' ? `; ${comparison.new} new, ${comparison.fixed.length} fixed by this change` : '';
  const pages = deliveries.flatMap((delivery) => {
    const publisher = publishers.find(({ id }) => id === delivery.reporter);
    if (publisher === undefined || delivery.status !== 'delivered' || delivery.destination.kind !== 'github') return [];
    return delivery.destination.url === undefined ? [] : [`${publisher.title}: ${delivery.destination.url}`];
  });
  const hasSummary = deliveries.some(({ reporter, status }) => reporter === 'job-summary' && status === 'delivered');
  return [
    `${outcomeWord(verdict)}: ${headlineOf(verdict, { change })}`,
    `Findings: ${counts.block} block, ${counts.warn} warn, ${counts.allow} allowed${compared}`,
    ...pages,
    ...(hasSummary ? [`Job summary: ${runAddress(change)}`] : []),
  ];
}
