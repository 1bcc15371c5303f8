import path from 'node:path';
import type { Files } from '../ports/ports.ts';
import { addressOf, hostOf } from './address.ts';

const maxFileBytes = 5 * 1024 * 1024;
const maxFiles = 50_000;
/** Fields that name a repository, in any notation of YAML or JSON: `repoURL`, `url`, `repository`, `repo`, `chart`. */
const field = /(?:^|[\s{,"'-])(?:\w*ur[li]|\w*repo\w*|\w*chart\w*|registry|extends)["']?\s*:\s*["']?([^\s"',{}#]+)/gi;
/** An entry of a list: a base of a kustomization, a source repository of a project. */
const entry = /^\s*-\s+["']?([\w+.-]+:\/\/[^\s"',#]+|(?:git@)?[\w-]+(?:\.[\w-]+)+[:/][^\s"',#]+)/;

/**
 * Hosts that the files of a commit name as repositories. By their text, so that templates that render such resources count as well, and so do
 * files that no tool can read.
 */
export async function hostsNamedIn(
  folder: string,
  files: Pick<Files, 'walk' | 'readText' | 'stat'>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if ((await files.stat(folder))?.kind !== 'folder') return found;
  const walked = await files.walk(folder, (below) => /(?:^|\/)(?:\.git|node_modules)$/.test(below));
  const wanted = walked.filter(
    ({ kind, path: file, size }) =>
      kind === 'file' && size <= maxFileBytes && /\.(?:ya?ml|json|lock|tpl)$|Kustomization$/.test(file),
  );
  for (const { path: file } of wanted.slice(0, maxFiles)) {
    const text = await files.readText(path.join(folder, file)).catch(() => '');
    for (const host of hostsIn(text)) found.add(host);
  }
  return found;
}

export function hostsIn(text: string): readonly string[] {
  const addresses = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .flatMap((line) => [...[...line.matchAll(field)].map((match) => match[1]), entry.exec(line)?.[1]]);
  return [...new Set(addresses.flatMap((address) => hostIn(address ?? '')))];
}

function hostIn(address: string): readonly string[] {
  const known = addressOf(address);
  if (known !== undefined) return [known.host];
  if (/^[\w+.-]+:\/\//.test(address) && URL.canParse(address)) {
    const host = hostOf(new URL(address));
    return host === '' ? [] : [host];
  }
  // `git@github.com:org/repo` and `github.com/org/repo//path?ref=v1`.
  const host = /^(?:[\w-]+@)?([\w-]+(?:\.[\w-]+)+)[:/]/.exec(address)?.[1];
  return host === undefined ? [] : [host.toLowerCase()];
}
