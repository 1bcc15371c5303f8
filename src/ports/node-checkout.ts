import { GateError } from '../model/gate-error.ts';
import { type GitProcesses, lastLine, runGit } from './git-run.ts';
import { isProxied } from './http-send.ts';
import type { Files } from './ports.ts';
import { reach } from './registry-reach.ts';
import type { RemoteOptions, Remotes } from './remotes.ts';
import { whyNot } from './system-error.ts';

/** Names of submodules, links and files with their sizes, as `git ls-tree -l` prints them. */
const entry = /^(\d{6}) (\w+) \S+ +(\d+|-)\t/;

/**
 * One commit of a git repository, by the user's git and its credential helpers. git gets the addresses that were checked, and follows no
 * redirect. Symlinks become files that hold their target: nothing can follow them.
 */
export function createCheckout(options: GitProcesses & { readonly files: Files }): Remotes['checkout'] {
  const { files } = options;
  return async (url, ref, to, { mirrors, insecure, maxBytes, signal }) => {
    const gitDir = await files.makeTempDir('k8s-gate-base-');
    const address = new URL(url);
    const run = async (args: readonly string[], settings: readonly string[] = []) => {
      if (signal.aborted) throw new GateError('SOURCE_UNREADABLE', { message: `${url}: it was cancelled` });
      const extra = { GIT_DIR: gitDir, ...(args[0] === 'checkout-index' && { GIT_WORK_TREE: to }) };
      const result = await runGit(options, gitDir, [...settings.flatMap((one) => ['-c', one]), ...args], extra);
      if (result.exitCode !== 0)
        throw new GateError('SOURCE_UNREADABLE', { message: `${url}: git: ${lastLine(result) || 'it failed'}` });
      return result.stdout;
    };
    try {
      requireVersion(await run(['version']));
      const settings = await fetchSettings(address, { mirrors, insecure });
      await files.makeDir(to);
      await run(['init', '--quiet', '--bare', gitDir]);
      const asked = ref === '' ? 'HEAD' : ref;
      await run(['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--depth=1', '--', address.href, asked], settings);
      const commit = (await run(['rev-parse', '--verify', 'FETCH_HEAD^{commit}'])).trim();
      refuseLarge(await run(['ls-tree', '-r', '-l', commit]), url, maxBytes);
      await run(['read-tree', commit]);
      await run(['checkout-index', '--all', '--force'], ['core.bare=false', 'core.symlinks=false']);
      return { commit };
    } finally {
      await files.remove(gitDir);
    }
  };
}

/** https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpcurloptResolve */
async function fetchSettings(
  url: URL,
  { mirrors, insecure }: Pick<RemoteOptions, 'mirrors' | 'insecure'>,
): Promise<readonly string[]> {
  if (url.protocol !== 'https:' && !(insecure && url.protocol === 'http:'))
    throw new GateError('SOURCE_UNREADABLE', { message: `${url.protocol}//${url.host} is not an https address` });
  const proxied = await isProxied(url);
  const addresses = await reach(url, mirrors, { proxied }).catch((thrown: unknown) => {
    throw new GateError('SOURCE_UNREADABLE', { message: `${url.href}: ${whyNot(thrown)}` });
  });
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const hosts = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address)).join(',');
  return [
    'protocol.allow=never',
    `protocol.${url.protocol.slice(0, -1)}.allow=always`,
    'http.followRedirects=false',
    ...(proxied ? [] : [`http.curloptResolve=${url.hostname.replace(/^\[|\]$/g, '')}:${port}:${hosts}`]),
  ];
}

/** Older ones ignore the addresses that they are given, and would look up the name again. */
function requireVersion(printed: string): void {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(printed) ?? []).map(Number);
  if (major > 2 || (major === 2 && minor >= 37)) return;
  throw new GateError('SOURCE_UNREADABLE', { message: `it needs git 2.37 or newer, and this is ${printed.trim()}` });
}

function refuseLarge(listing: string, url: string, maxBytes: number): void {
  const sizes = listing.split('\n').map((line) => Number(entry.exec(line)?.[3] ?? 0) || 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > maxBytes)
    throw new GateError('SOURCE_UNREADABLE', { message: `${url}: the commit has ${total} bytes, more than ${maxBytes}` });
}
