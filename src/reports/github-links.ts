import type { Change } from '../model/change.ts';
import type { SourceLocation } from '../model/location.ts';
import { fromRoot, relativeUri, urlText } from './escape.ts';
import { code } from './markdown.ts';
import type { RenderContext } from './reporter.ts';

/** Required for links to files of the judged commit. Without a change nothing is linked. */
export type LinkContext = Pick<RenderContext, 'change' | 'pathPrefix' | 'headLine' | 'site'>;

/** Our limit: GitHub responds with 414 above about 8,000 characters, and a hostile path can grow twelvefold when it is encoded. */
const addressMaxChars = 2_000;

/**
 * A Markdown link to a page of the runner's GitHub server, with text already escaped by `code` or `prose`; the plain text if there is no
 * such address. A GitHub Enterprise Server may use http. Untrusted addresses go through `link` of markdown.ts instead.
 */
export function hyperlink(text: string, address: string | undefined): string {
  const url = address === undefined || !URL.canParse(address) ? undefined : trusted(new URL(address));
  const target = url === undefined ? '' : urlText(url);
  return target === '' || target.length > addressMaxChars ? text : `[${text}](<${target.replaceAll('&', '&amp;')}>)`;
}

function trusted(url: URL): URL | undefined {
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

/** The page of this attempt of the run; without the attempt, the address would lead to the latest one. */
export function runAddress({ run }: Pick<Change, 'run'>): string {
  return run.attempt > 1 ? `${run.url}/attempts/${run.attempt}` : run.url;
}

/**
 * The page of a file at a commit. A fork's commits are also visible in the base repository of the pull request.
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

/** `file:line` at the pull request's head, linked. Lines that only exist in the merge with the base are not linked. */
export function headPlace({ file, line }: Pick<SourceLocation, 'file' | 'line'>, context: LinkContext): string {
  const { change, pathPrefix, site } = context;
  if (change === undefined && site !== undefined) {
    const path = relativeUri(fromRoot(file, pathPrefix));
    const address = path === undefined ? undefined : `${site.project}/-/blob/${site.sha}/${path}#L${line}`;
    return hyperlink(code(`${file}:${line}`), address);
  }
  const headLine = context.headLine?.(file, line);
  if (change === undefined || headLine === undefined) return code(`${file}:${line}`);
  return hyperlink(code(`${file}:${headLine}`), blobAddress(change, change.headSha, file, pathPrefix, headLine));
}

/** `file:line` at the base, linked: for fixed findings and waivers. */
export function basePlace({ file, line }: Pick<SourceLocation, 'file' | 'line'>, { change, pathPrefix }: LinkContext): string {
  const text = code(`${file}:${line}`);
  return change === undefined
    ? text
    : hyperlink(text, blobAddress(change, change.baseSha ?? change.headSha, file, pathPrefix, line));
}

/** The first seven digits, linked to the commit's page if it is a full SHA. */
export function commitLink(change: Change | undefined, sha: string): string {
  const text = code(sha.slice(0, 7));
  if (change === undefined || !/^[0-9a-f]{40,64}$/.test(sha)) return text;
  return hyperlink(text, `${change.serverUrl}/${change.repository}/commit/${sha}`);
}
