import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { distFile } from './dist.ts';
import type { GitHubServer } from './github-server/server.ts';
import { type Checkout, openPull, type RunnerEvent } from './pull-request.ts';
import { root } from './root.ts';
import { emptyFolder } from './temp-folders.ts';
import { installedTool } from './tools.ts';

export const act = await installedTool('act');
if (act === undefined) console.warn('act: skipped, not installed (node dist/cli/index.js engines install act)');

/** The action as a tag of it holds it. */
export const action: Readonly<Record<string, string>> = filesOf([
  'action.yml',
  'dist',
  'policies',
  'tools.lock.json',
  'package.json',
]);

/** Files of our repository, and those of folders, by path. */
export function filesOf(parts: readonly string[]): Readonly<Record<string, string>> {
  const files = parts.flatMap((part) => filesBelow(part).map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  return Object.fromEntries(files);
}

function filesBelow(part: string): readonly string[] {
  if (!statSync(path.join(root, part)).isDirectory()) return [part];
  return readdirSync(path.join(root, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** The checkout's workflow, started as act would start it for the event. Renderers come from this machine's cache. */
export async function runAct(
  checkout: Checkout,
  { name, payload }: RunnerEvent,
  options: { readonly server?: GitHubServer; readonly token?: string } = {},
): Promise<{ readonly status: unknown; readonly output: string }> {
  distFile('main'); // what `action` holds must be what src builds
  if (options.server !== undefined) openPull(options.server, checkout);
  const home = emptyFolder();
  const file = path.join(home, 'event.json');
  writeFileSync(file, JSON.stringify(payload));
  const { PATH = '', HOME = homedir(), XDG_CACHE_HOME = path.join(HOME, '.cache') } = process.env;
  // Where act's runner has its tool cache.
  mkdirSync(path.join(home, 'act', 'tool_cache'), { recursive: true });
  symlinkSync(path.join(XDG_CACHE_HOME, 'k8s-gate'), path.join(home, 'act', 'tool_cache', 'k8s-gate'));
  const args = [name, '-P', 'ubuntu-latest=-self-hosted', '--action-offline-mode', '--eventpath', file];
  if (options.server !== undefined) args.push('--env', `GITHUB_API_URL=${options.server.url}`);
  if (options.token !== undefined) args.push('--secret', `GITHUB_TOKEN=${options.token}`);
  const child = spawn(act?.path ?? '', [...args, '--env', 'GITHUB_REPOSITORY=octo/shop'], {
    cwd: checkout.folder,
    env: { PATH, HOME: home, XDG_CACHE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [status] = await once(child, 'close');
  return { status, output };
}
