/** A base of a kustomization outside of the repository. */
export type RemoteBase =
  /** One file of manifests. */
  | { readonly kind: 'file'; readonly url: URL }
  /** A folder of a git repository; `ref` is a commit, tag or branch, `` for the default branch. */
  | { readonly kind: 'git'; readonly url: URL; readonly path: string; readonly ref: string };

/**
 * As kustomize reads it: https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md. An address of ssh is requested over
 * https: the content is the same. Undefined for anything else.
 */
export function parseRemoteBase(text: string): RemoteBase | undefined {
  const address = asHttps(text.trim().replace(/^git::/, ''));
  if (address === undefined || !URL.canParse(address) || /(?:^|\/)\.\.(?:\/|\?|$)/.test(address)) return undefined;
  const whole = new URL(address);
  // A password in a file of the repository is for nobody else's server.
  if (whole.password !== '' || !['', 'git'].includes(whole.username)) return undefined;
  const ref = whole.searchParams.get('ref') ?? whole.searchParams.get('version') ?? '';
  const isPinned = whole.searchParams.has('ref') || whole.searchParams.has('version');
  const rest = whole.pathname;
  if (!isPinned && !rest.includes('//') && !/\.git(?:\/|$)/.test(rest) && /\.(?:ya?ml|json)$/.test(rest))
    return { kind: 'file', url: whole };
  const [repository, path] = split(rest);
  if (repository === '' || !/^[\w./+-]{0,200}$/.test(ref) || ref.startsWith('-') || ref.includes('..')) return undefined;
  const url = new URL(whole);
  url.pathname = repository;
  url.search = '';
  url.hash = '';
  url.username = '';
  return { kind: 'git', url, path, ref };
}

function asHttps(text: string): string | undefined {
  const scp = /^(?:ssh:\/\/)?[\w-]+@([\w.-]+)[:/](?!\d+\/)(.+)$/.exec(text);
  if (scp !== null) return `https://${scp[1]}/${scp[2]}`;
  if (/^https?:\/\//i.test(text)) return text;
  if (/^gh:/.test(text)) return `https://github.com/${text.slice(3)}`;
  return /^[\w-]+(?:\.[\w-]+)+\/[^/]/.test(text) ? `https://${text}` : undefined;
}

/** `/org/repo//base`, `/org/repo.git/base`, or `/org/repo/base` as on GitHub. */
function split(pathname: string): readonly [repository: string, path: string] {
  const [, before, after] = /^(.+?)\/\/(.*)$/.exec(pathname) ?? /^(.+?\.git)(?:\/(.*))?$/.exec(pathname) ?? [];
  if (before !== undefined) return [before, clean(after ?? '')];
  const [org, repo, ...path] = pathname.split('/').filter((step) => step !== '');
  return org === undefined || repo === undefined ? ['', ''] : [`/${org}/${repo}`, clean(path.join('/'))];
}

function clean(path: string): string {
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}
