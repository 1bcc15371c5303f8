import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sourceHash } from '../../scripts/source-hash.mjs';
import { root } from './root.ts';

/** A file of the committed dist. @throws Error if dist was not built from the sources as they are: a test would not see a change to src. */
export function distFile(...names: readonly string[]): string {
  stale ??= staleness(path.join(root, 'dist', 'source.sha256'), sourceHash());
  if (stale !== '') throw new Error(stale);
  return path.join(root, 'dist', ...names);
}
let stale: string | undefined;

/** What is wrong with dist; empty if its hash file has `current`. */
export function staleness(hashFile: string, current: string): string {
  const built = existsSync(hashFile) ? readFileSync(hashFile, 'utf8').trim() : 'unknown sources';
  if (built === current) return '';
  return `dist is not built from src, package-lock.json and scripts/build.mjs as they are (dist: ${built.slice(0, 15)}, now: ${current.slice(0, 15)}). Run \`npm run build\`, then the test again.`;
}
