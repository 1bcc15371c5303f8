import { runAddress } from '../github-links.ts';
import type { RenderContext } from '../reporter.ts';
import { oneLine, shorten } from '../text.ts';
import { code } from './findings.ts';
import { html, link, type Markup } from './markup.ts';

/** Which change was evaluated, and in which run: an archived report has no other context. Empty for a local run. */
export function changeFacts({ change }: RenderContext): readonly (readonly [string, Markup])[] {
  if (change === undefined) return [];
  const { repository, serverUrl, headSha, pullRequest, ref, run } = change;
  const home = `${serverUrl}/${repository}`;
  const origin =
    pullRequest === undefined
      ? html`${shorten(oneLine(ref), 200)}`
      : html`${link(html`pull request ${pullRequest.number}`, `${home}/pull/${pullRequest.number}`)} into ${code(pullRequest.baseRef)}${pullRequest.fromFork ? ', from a fork' : ''}`;
  return [
    ['Repository', link(html`${shorten(oneLine(repository), 200)}`, home)],
    ['Commit', link(code(headSha), `${home}/commit/${headSha}`)],
    ['Of', origin],
    ['Run', link(html`${run.id}, attempt ${run.attempt}`, runAddress({ run }))],
  ];
}

export function gateText({ gateVersion, gateName = 'k8s-gate' }: RenderContext): string {
  const name = shorten(oneLine(gateName), 100);
  return name === 'k8s-gate' ? `k8s-gate ${gateVersion}` : `k8s-gate ${gateVersion}, as ${name}`;
}
