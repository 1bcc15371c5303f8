import { homedir } from 'node:os';
import path from 'node:path';
import type { Tool } from '../../src/model/tool.ts';
import { createNodeFiles } from '../../src/ports/node-files.ts';
import { readCache, slotOf } from '../../src/toolchain/cache.ts';
import { lockedTool, platforms, readLock } from '../../src/toolchain/lock-file.ts';

const root = path.join(import.meta.dirname, '..', '..');

/**
 * The pinned tool, where this machine's cache has it unchanged; it is never installed by a test. `k8s-gate engines install` fills the
 * cache (`node dist/cli/index.js engines install registry act actionlint` for those that only tests need).
 */
export async function installedTool(id: string): Promise<Tool | undefined> {
  const platform = platforms.find((name) => name === `${process.platform}-${process.arch}`);
  if (platform === undefined) return undefined;
  const files = createNodeFiles();
  const locked = lockedTool(await readLock(files, root), id);
  const cacheDir = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate');
  const found = await readCache(files, slotOf(cacheDir, id, locked, platform));
  return found.state === 'installed' ? found.tool : undefined;
}
