import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const cosignVersion = '3.1.2';

/** The real cosign, built by build-cosign.mjs into the user's cache; undefined where nobody has built it. */
export function findCosign(): string | undefined {
  const given = process.env.K8S_GATE_TEST_COSIGN;
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const executable = given ?? path.join(cache, 'k8s-gate', 'test', `cosign-${cosignVersion}`, 'cosign');
  return existsSync(executable) ? executable : undefined;
}
