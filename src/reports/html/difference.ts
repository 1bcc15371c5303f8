import type { DeployableDiff, RenderedDiff, ResourceDiff } from '../../model/rendered-diff.ts';
import { deployableName } from '../difference.ts';
import { plural } from '../text.ts';
import { html, join, type Markup } from './markup.ts';

/** What the change does to the cluster: one folded item for each resource, and for what could not be compared. */
export function differenceParts({ notCompared, deployables }: RenderedDiff): readonly Markup[] {
  return [
    ...notCompared.map(
      ({ what, side, reason }) =>
        html`<p><code>${what}</code> was not rendered ${side === 'base' ? 'on the base' : 'with the change'}, so it is not compared: ${reason}</p>\n`,
    ),
    ...deployables.flatMap((deployable) => deployable.resources.map((resource) => item(deployable, resource))),
  ];
}

function item(deployable: DeployableDiff, { change, label, source, lines, left = 0 }: ResourceDiff): Markup {
  const text = join(
    lines.map((line) => html`<span class="${classOf(line)}">${line}</span>`),
    '\n',
  );
  const more = left === 0 ? undefined : html`<p>${plural(left, 'more line')}.</p>`;
  return html`<details class="difference"><summary>${change} <code>${label}</code> (<code>${source.file}:${source.line}</code>) of ${deployableName(deployable)}</summary><pre>${text}</pre>${more}</details>
`;
}

function classOf(line: string): string {
  const first = line.charAt(0);
  return first === '+' ? 'added' : first === '-' ? 'removed' : first === '!' ? 'finding' : 'same';
}
