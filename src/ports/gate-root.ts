import { createHash } from 'node:crypto';
import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { GateError } from '../model/gate-error.ts';

export interface GateInstall {
  /** Absolute path of the folder that holds policies/, tools.lock.json and engines/. */
  readonly root: string;
  readonly version: string;
  /** SHA-256 (hex) of the running bundle, which reads all of it; undefined if the sources run directly. */
  readonly build: () => Promise<string | undefined>;
}

/**
 * Where k8s-gate itself is installed: the nearest folder above the running script whose package.json is ours. `script` may
 * be the link that npm makes in node_modules/.bin. @throws GateError INTERNAL if the installation is incomplete.
 */
export async function locateGate(script: string): Promise<GateInstall> {
  const running = await realpath(script).catch(() => path.resolve(script));
  let folder = path.dirname(running);
  for (;;) {
    const version = await versionIn(folder);
    if (version !== undefined) return { root: folder, version, build: () => buildOf(running) };
    const parent = path.dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  throw new GateError('INTERNAL', {
    message: `no package.json of k8s-gate is above ${script}`,
    expected: 'dist/ inside the folder that k8s-gate was installed in',
    next: 'Install k8s-gate again: dist/ alone lacks its policies and its lock of engines.',
  });
}

async function buildOf(running: string): Promise<string | undefined> {
  if (!running.endsWith('.js')) return undefined;
  const folder = path.dirname(running);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js')).toSorted();
  const hash = createHash('sha256');
  for (const text of await Promise.all(names.map((name) => readFile(path.join(folder, name))))) hash.update(text);
  return hash.digest('hex');
}

async function versionIn(folder: string): Promise<string | undefined> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('name' in parsed) || parsed.name !== 'k8s-gate') return undefined;
  return 'version' in parsed && typeof parsed.version === 'string' ? parsed.version : 'unknown';
}
