import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { JsonObject } from '../../src/model/json.ts';

const cacheDir = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate', 'test');

/**
 * The Go program in a folder here, built once for each state of its sources and kept in the user's cache; undefined, with the reason on the
 * terminal, where there is no Go. Its modules come through the module proxy and are what go.sum says.
 */
export function buildOracle(program: 'reader' | 'apiserver' | 'kubeconform'): string | undefined {
  const source = path.join(import.meta.dirname, program);
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) {
    console.warn(`SKIPPED: Go is not on the PATH, so nothing is compared with the ${program} oracle`);
    return undefined;
  }
  const hash = createHash('sha256').update(go.stdout);
  for (const file of readdirSync(source).toSorted()) hash.update(readFileSync(path.join(source, file)));
  const folder = path.join(cacheDir, `${program}-${hash.digest('hex').slice(0, 16)}`);
  const executable = path.join(folder, program);
  if (existsSync(executable)) return executable;
  mkdirSync(cacheDir, { recursive: true });
  const staging = mkdtempSync(path.join(cacheDir, 'build-'));
  try {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    execFileSync('go', ['build', '-trimpath', '-o', path.join(staging, program), '.'], { cwd: source, env, encoding: 'utf8' });
    mkdirSync(folder, { recursive: true });
    renameSync(path.join(staging, program), executable);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return executable;
}

export interface Answer {
  readonly objects: readonly JsonObject[];
  readonly error: string | undefined;
}

const answerSchema = z.object({
  objects: z.array(z.custom<JsonObject>((value) => typeof value === 'object' && value !== null)),
  error: z.string().optional(),
});

/** What kubectl reads in each text, by one process. */
export function askOracle(executable: string, texts: readonly string[]): readonly Answer[] {
  const frames = texts.flatMap((text) => {
    const content = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return [length, content];
  });
  const output = execFileSync(executable, { input: Buffer.concat(frames), maxBuffer: 2 ** 30, encoding: 'utf8' });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { objects, error } = answerSchema.parse(JSON.parse(line));
      return { objects, error };
    });
}
