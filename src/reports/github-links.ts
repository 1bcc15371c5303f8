import type { Change } from '../model/change.ts';
import type { SourceLocation } from '../model/location.ts';
import { fromRoot, relativeUri, urlText } from './escape.ts';
import { code } from './markdown.ts';
import type { PublishContext } from './publisher.ts';

/** What a link to a file of the judged commit needs. */
export type LinkContext = Pick<PublishContext, 'change' | 'pathPrefix' | 'headLine'>;

/** Ours: GitHub answers 414 somewhere past 8,000 characters, and a path of a hostile change grows twelvefold when it is encoded. */
const addressMaxChars = 2_000;

/**
 * A Markdown link to a page of the server that the runner named, with a text of ours, made by `code` or `prose`; the bare text where there
 * is no such address. A GitHub Enterprise Server may be at http. Addresses from outside go through `link` of markdown.ts.
 */
export function hyperlink(text: string, address: string | undefined): string {
  const url = address === undefined || !URL.canParse(address) ? undefined : trusted(new URL(address));
  const target = url === undefined ? '' : urlText(url);
  return target === '' || target.length > addressMaxChars ? text : `[${text}](<${target.replaceAll('&', '&amp;')}>)`;
}

function trusted(url: URL): URL | undefined {
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

/** The run's page; of a re-run that of this attempt, since the bare address leads to the latest. */
export function runAddress({ run }: Pick<Change, 'run'>): string {
  return run.attempt > 1 ? `${run.url}/attempts/${run.attempt}` : run.url;
}

/**
 * Page of a file at a commit. A fork's commits, too, can be seen in the repository the pull request is to.
 * Undefined for a path that leaves the repository.
 * @param file From the workspace.
 */
export function blobAddress(
  { serverUrl, repository }: Change,
  sha: string,
  file: string,
  pathPrefix: string | undefined,
  line?: number,
): string | undefined {
  const path = relativeUri(fromRoot(file, pathPrefix));
  const anchor = line === undefined ? '' : `#L${line}`;
  return path === undefined ? undefined : `${serverUrl}/${repository}/blob/${sha}/${path}${anchor}`;
}

/** `file:line` as the pull request's head has it, linked. What stands only in the merge with the base has no page there: no link. */
export function headPlace({ file, line }: Pick<SourceLocation, 'file' | 'line'>, context: LinkContext): string {
  const headLine = context.headLine(file, line);
  if (headLine === undefined) return code(`${file}:${line}`);
  const { change, pathPrefix } = context;
  return hyperlink(code(`${file}:${headLine}`), blobAddress(change, change.headSha, file, pathPrefix, headLine));
}

/** `file:line` as the base has it, linked: fixed findings and waivers stand there. */
export function basePlace({ file, line }: Pick<SourceLocation, 'file' | 'line'>, { change, pathPrefix }: LinkContext): string {
  return hyperlink(code(`${file}:${line}`), blobAddress(change, change.baseSha ?? change.headSha, file, pathPrefix, line));
}

/** The first seven digits, linked to the commit's page; what is no full SHA is no address of one. */
export function commitLink({ serverUrl, repository }: Change, sha: string): string {
  const text = code(sha.slice(0, 7));
  return /^[0-9a-f]{40,64}$/.test(sha) ? hyperlink(text, `${serverUrl}/${repository}/commit/${sha}`) : text;
}
