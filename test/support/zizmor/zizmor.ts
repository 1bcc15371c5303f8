import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Path of the zizmor that install.sh next to this file put into the cache folder; undefined where it has not been run. */
export function installedZizmor(): string | undefined {
  const requirements = readFileSync(path.join(import.meta.dirname, 'requirements.txt'), 'utf8');
  const version = /^zizmor==([0-9.]+)/m.exec(requirements)?.[1] ?? '';
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const file = path.join(cache, 'k8s-gate-dev', `zizmor-${version}`, 'bin', 'zizmor');
  try {
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}
