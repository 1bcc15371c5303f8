import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const cacheDir = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate', 'test');

/**
 * The Go program in a folder here, built once for each state of its sources and kept in the user's cache; undefined, with the reason on the
 * terminal, where there is no Go. Its modules come through the module proxy and are those of go.sum.
 *
 * @param missing What is not tested without it.
 * @param isSlow It takes minutes to build, which is done with BUILD_ORACLES=1 only.
 */
export function buildGo(name: string, missing: string, isSlow = false): string | undefined {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) {
    console.warn(`SKIPPED: Go is not on the PATH, so ${missing}`);
    return undefined;
  }
  const source = path.join(import.meta.dirname, name);
  const hash = createHash('sha256').update(go.stdout);
  for (const file of readdirSync(source).toSorted()) hash.update(file).update(readFileSync(path.join(source, file)));
  const folder = path.join(cacheDir, `${name}-${hash.digest('hex').slice(0, 16)}`);
  const executable = path.join(folder, name);
  if (existsSync(executable)) return executable;
  if (isSlow && process.env.BUILD_ORACLES !== '1') {
    console.warn(`SKIPPED: the oracle ${name} is not built, so ${missing}; BUILD_ORACLES=1 builds it, which takes ten minutes`);
    return undefined;
  }
  mkdirSync(cacheDir, { recursive: true });
  const staging = mkdtempSync(path.join(cacheDir, 'build-'));
  try {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    execFileSync('go', ['build', '-trimpath', '-o', path.join(staging, name), '.'], { cwd: source, env, encoding: 'utf8' });
    mkdirSync(folder, { recursive: true });
    renameSync(path.join(staging, name), executable);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return executable;
}
