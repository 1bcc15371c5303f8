import type { CommandContext } from '../command.ts';
import { printable } from '../waivers/entry.ts';
import { nothing, type Proposals } from './proposals.ts';
import type { Trial } from './trial.ts';

/** The proposals, with the answer to whether existing findings block. Without a terminal to ask on, they do not. */
export async function decided(trial: Trial | undefined, yes: boolean, { ask }: Pick<CommandContext, 'ask'>): Promise<Proposals> {
  if (trial === undefined) return nothing;
  const blocking = trial.verdict?.counts.block ?? 0;
  if (blocking === 0) return trial.proposals;
  const subject = blocking === 1 ? '1 existing finding' : `${blocking} existing findings`;
  const question = `${subject} would block every pull request. Block on existing findings, too, not only on new ones?`;
  const block = !yes && ask !== undefined && (await ask(question));
  return block ? trial.proposals : { ...trial.proposals, existing: blocking };
}

/** What the run showed, and what was proposed because of it. */
export function summary({ verdict, left }: Trial, { exclude, charts, existing }: Proposals): string {
  const lines = [
    ...(verdict === undefined
      ? []
      : [
          `The gate evaluated ${verdict.totals.resources} resources: ${verdict.counts.block} findings block, ${verdict.counts.warn} warn.`,
        ]),
    ...exclude.map(({ glob, because }) => `Excluded ${glob}. ${because}`),
    ...charts.map(({ path, releases }) => `Values of ${path}: ${releases.flatMap(({ values }) => values).join(', ')}`),
    ...(existing === undefined
      ? []
      : ['Existing findings do not block: `onlyNew: true`. `k8s-gate baseline` is the alternative.']),
    ...left.map((message) => `Not solved; the first run will be an error: ${message}`),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}
