import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { JsonObject } from '../../../src/model/json.ts';

const source = import.meta.dirname;
const cacheDir = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'k8s-gate', 'test');
const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };

/** The Go program in this folder, built once for each state of its sources; undefined, with the reason on the terminal, where there is no Go. */
export function buildCelOracle(): string | undefined {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) {
    console.warn('SKIPPED: Go is not on the PATH, so CEL is not compared with the API server');
    return undefined;
  }
  const hash = createHash('sha256').update(go.stdout);
  const files = readdirSync(source).filter((file) => /\.go$|^go\./.test(file));
  for (const file of files.toSorted()) hash.update(readFileSync(path.join(source, file)));
  const folder = path.join(cacheDir, `cel-${hash.digest('hex').slice(0, 16)}`);
  const executable = path.join(folder, 'cel');
  if (existsSync(executable)) return executable;
  mkdirSync(cacheDir, { recursive: true });
  const staging = mkdtempSync(path.join(cacheDir, 'build-'));
  try {
    execFileSync('go', ['build', '-trimpath', '-o', path.join(staging, 'cel'), '.'], { cwd: source, env, encoding: 'utf8' });
    mkdirSync(folder, { recursive: true });
    renameSync(path.join(staging, 'cel'), executable);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return executable;
}

/** The OpenAPI document of a release of Kubernetes, from its Go module. */
export function openApiOf(version: string): string {
  const printed = execFileSync('go', ['mod', 'download', '-json', `k8s.io/kubernetes@${version}`], {
    cwd: cacheDir,
    env,
    encoding: 'utf8',
  });
  const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(printed));
  return path.join(Dir, 'api/openapi-spec/swagger.json');
}

export interface CelQuestion {
  readonly expression: string;
  readonly object?: JsonObject;
  readonly params?: JsonObject;
  /** The object is decoded as its Go type first. Without an expression, the answer is that object. */
  readonly typed?: boolean;
}
const answerSchema = z.object({
  refused: z.string().optional(),
  error: z.string().optional(),
  value: z.string().optional(),
  type: z.string().optional(),
  object: z.custom<JsonObject>((value) => typeof value === 'object').optional(),
});
export type CelAnswer = z.infer<typeof answerSchema>;

/** What the API server's environment makes of each expression, by one process. */
export function askCel(executable: string, questions: readonly CelQuestion[]): readonly CelAnswer[] {
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const output = execFileSync(executable, { input, maxBuffer: 2 ** 30, encoding: 'utf8' });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => answerSchema.parse(JSON.parse(line)));
}

export function printTable(executable: string, ...args: readonly string[]): string {
  return execFileSync(executable, args, { maxBuffer: 2 ** 30, encoding: 'utf8' });
}
