import { type DeployableDiff, differs, type RenderedDiff, type ResourceDiff } from '../model/rendered-diff.ts';
import { bold, code, fenced, prose } from './markdown.ts';
import { byteLength, plural, reveal, shorten } from './text.ts';

/** The rendered difference as Markdown. Manifests are untrusted: they are shown only as code. */

const lineMaxChars = 400;

/** `Rendered difference: 1 resource added, 3 changed, 1 removed`. Plain text without any part from outside. */
export function differenceTitle(diff: RenderedDiff): string {
  const { counts, notCompared } = diff;
  const { added, changed, removed } = counts;
  const lacking = notCompared.length === 0 ? '' : `, ${plural(notCompared.length, 'item')} not compared`;
  if (!differs(diff)) return `Rendered difference: no resource differs${lacking}`;
  const parts = [
    ['added', added],
    ['changed', changed],
    ['removed', removed],
  ] as const;
  const [first, ...rest] = parts.filter(([, count]) => count > 0).map(([what, count]) => ({ what, count }));
  const words = [
    ...(first === undefined ? [] : [`${plural(first.count, 'resource')} ${first.what}`]),
    ...rest.map(({ what, count }) => `${count} ${what}`),
  ];
  return `Rendered difference: ${words.join(', ')}${lacking}`;
}

/** `charts/shop in production, staging` */
export function deployableName({ unit, environments }: Pick<DeployableDiff, 'unit' | 'environments'>): string {
  return environments.length === 0 ? unit : `${unit} in ${environments.join(', ')}`;
}

/**
 * One item for each resource that differs, the first of each deployable with its name.
 * @param more Markdown: where the lines that are left out can be read.
 */
export function differenceItems(diff: RenderedDiff, maxLines: number, more: string): readonly string[] {
  const { notCompared, deployables, unchanged } = diff;
  const lacking = notCompared.map(
    ({ what, side, reason }) =>
      `- ${code(what)} was not rendered ${side === 'base' ? 'on the base' : 'with the change'}, so it is not compared: ${prose(reason, 300)}\n`,
  );
  const blocks = deployables.flatMap((deployable) =>
    deployable.resources.map((resource, index) => {
      const head = index === 0 ? `${bold(code(deployableName(deployable)))}: ${countsOf(deployable)}\n\n` : '';
      return `${head}${resourceBlock(resource, maxLines, more)}\n`;
    }),
  );
  const same = blocks.length === 0 ? [`${plural(unchanged, 'resource')} in both.\n`] : [];
  const last = lacking.pop();
  return [...lacking, ...(last === undefined ? [] : [`${last}\n`]), ...blocks, ...same];
}

function countsOf({ resources }: DeployableDiff): string {
  return (['added', 'changed', 'removed'] as const)
    .map((change) => [change, resources.filter((resource) => resource.change === change).length] as const)
    .filter(([, count]) => count > 0)
    .map(([change, count]) => `${count} ${change}`)
    .join(', ');
}

function resourceBlock({ change, label, source, lines, left = 0 }: ResourceDiff, maxLines: number, more: string): string {
  const shown = lines.slice(0, maxLines).map((line) => shorten(reveal(line.replaceAll('\n', ' ')), lineMaxChars));
  const missing = lines.length - shown.length + left;
  const note = missing === 0 ? '' : `\n${plural(missing, 'more line')}: see ${more}.\n`;
  return `${change} ${code(label)} (${code(`${source.file}:${source.line}`)})\n\n${fenced(shown, 'diff')}\n${note}`;
}

/** How many of the items have at most so many bytes together. */
export function countWithin(items: readonly string[], maxBytes: number): number {
  let room = maxBytes;
  const over = items.findIndex((item) => {
    room -= byteLength(item);
    return room < 0;
  });
  return over === -1 ? items.length : over;
}
