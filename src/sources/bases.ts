import path from 'node:path';
import * as z from 'zod';
import { kustomizationNames } from '../model/paths.ts';
import type { FetchedBase, NotFetched } from '../model/sources.ts';
import type { Files } from '../ports/ports.ts';
import { hostOf } from './address.ts';
import { digestOf, type SourceCache } from './cache.ts';
import type { Fetching } from './fetching.ts';
import { correct, fillCache, reachHost, useHttps } from './next-steps.ts';
import { notFetched, Refusal } from './refusal.ts';
import { parseRemoteBase, type RemoteBase } from './remote-base.ts';

const maxFileBytes = 16 * 1024 * 1024;
const maxTreeBytes = 64 * 1024 * 1024;
const maxTreeFiles = 5_000;

interface BasesContext {
  readonly fetching: Fetching;
  readonly cache: SourceCache;
  readonly files: Files;
  /** An own folder for each call. */
  readonly newFolder: () => string;
  readonly requireNamed: (host: string) => Promise<void>;
  readonly note: (text: string) => void;
}

/** The files of a base, by their path in it: what the cache holds. */
type Tree = Readonly<Record<string, string>>;
const treeSchema = z.record(z.string(), z.base64());

/** A remote base of a kustomization as a folder. Never throws. */
export async function fetchBase(text: string, context: BasesContext): Promise<FetchedBase | NotFetched> {
  const base = parseRemoteBase(text);
  if (base === undefined)
    return notFetched(new Refusal(`\`${text}\` is not an https address of a file or a git repository`, useHttps), '');
  const host = hostOf(base.url);
  try {
    await context.requireNamed(host);
    const { tree, version } = await treeOf(text, base, host, context);
    const root = context.newFolder();
    for (const [file, content] of Object.entries(tree))
      await context.files.write(path.join(root, file), Buffer.from(content, 'base64'));
    const folder = base.kind === 'git' ? base.path : '';
    if (base.kind === 'git' && !/^[0-9a-f]{40}$/.test(base.ref)) context.note(`base ${text} is commit ${version}`);
    return {
      status: 'fetched',
      root,
      path: folder,
      shown: `${host}${base.kind === 'git' ? base.url.pathname.replace(/\.git$/, '') : path.posix.dirname(base.url.pathname)}`,
    };
  } catch (thrown) {
    return notFetched(thrown, reachHost(host));
  }
}

async function treeOf(
  text: string,
  base: RemoteBase,
  host: string,
  context: BasesContext,
): Promise<{ readonly tree: Tree; readonly version: string }> {
  const { cache, fetching } = context;
  const key = `base ${text}`;
  if (fetching.offline && !fetching.mirrors.has(host)) {
    const known = await cache.named(key);
    const content = known === undefined ? undefined : await cache.blob(known.digest);
    const tree = content === undefined ? undefined : treeSchema.safeParse(JSON.parse(Buffer.from(content).toString('utf8'))).data;
    if (known !== undefined && tree !== undefined) return { tree, version: known.version };
    throw new Refusal('it is not in the cache, and `sources.offline` is set', fillCache);
  }
  const found = base.kind === 'file' ? await fileOf(base.url, fetching) : await commitOf(base, context);
  await cache.keep(key, { version: found.version, content: Buffer.from(JSON.stringify(found.tree)) }).catch(() => undefined);
  return found;
}

async function fileOf(original: URL, { remotes, mirrors, signal }: Fetching) {
  const { url, insecure } = mirrors.url(original);
  if (url.protocol === 'http:' && !insecure) throw new Refusal(`${url.protocol}//${url.host} is not an https address`, useHttps);
  const content = await remotes.get(url.href, { maxBytes: maxFileBytes, mirrors: async () => mirrors.hosts, insecure, signal });
  const name = path.posix.basename(original.pathname);
  if (kustomizationNames.some((one) => one === name))
    throw new Refusal('kustomize does not read a kustomization by its file', correct);
  const kustomization = Buffer.from(JSON.stringify({ resources: [name] }));
  const tree = { 'kustomization.yaml': kustomization.toString('base64'), [name]: Buffer.from(content).toString('base64') };
  return { tree, version: digestOf(content) };
}

/** The whole commit, because a base may use any file of its repository. */
async function commitOf({ url: original, ref, path: folder }: Extract<RemoteBase, { kind: 'git' }>, context: BasesContext) {
  const { fetching, files, newFolder } = context;
  const { remotes, mirrors, signal } = fetching;
  const { url, insecure } = mirrors.url(original);
  const to = newFolder();
  const options = { maxBytes: maxTreeBytes, mirrors: async () => mirrors.hosts, insecure, signal };
  const { commit } = await remotes.checkout(url.href, ref, to, options);
  const walked = (await files.walk(to, () => false)).filter(({ kind }) => kind === 'file');
  if (walked.length > maxTreeFiles)
    throw new Refusal(`the commit has ${walked.length} files, more than ${maxTreeFiles}`, correct);
  const tree: Record<string, string> = {};
  for (const { path: file } of walked) tree[file] = Buffer.from(await files.readBytes(path.join(to, file))).toString('base64');
  await files.remove(to);
  const isThere = Object.keys(tree).some((file) => folder === '' || file === folder || file.startsWith(`${folder}/`));
  if (!isThere) throw new Refusal(`commit ${commit} of ${original.href} has no ${folder}`, correct);
  return { tree, version: commit };
}
