import path from 'node:path';
import * as z from 'zod';
import { parseJson } from '../model/attempt.ts';
import { GateError } from '../model/gate-error.ts';
import type { ProcessResult } from '../ports/ports.ts';
import type { SourceLimits, SourcePorts } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GoContext {
  readonly ports: SourcePorts;
  readonly env: Environment;
  readonly cacheDir: string;
}

/** The user's go command, and the whole environment it is run with. */
export interface Go {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Settings for the source and the cache of modules; and what a machine behind a proxy needs. */
const asked = ['GOPROXY', 'GOSUMDB', 'GOCACHE', 'GOMODCACHE', 'GOTOOLCHAIN'] as const;
const network = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];
const places = ['PATH', 'HOME', 'TMPDIR', 'GOTMPDIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'];

/**
 * A constructed environment. The user's Go settings are asked for by name and GOENV is off, so that no GOFLAGS (`-mod=mod`,
 * `-toolexec`, `-overlay`), GOINSECURE or GONOSUMDB of theirs, or of a file in their home, takes part.
 * @throws GateError TOOL_UNAVAILABLE without Go.
 */
export async function findGo(
  cwd: string,
  { ports, env, cacheDir }: GoContext,
  settings: Readonly<Record<string, string>>,
): Promise<Go> {
  const executable = await ports.processes.find('go');
  if (executable === undefined) throw new GateError('TOOL_UNAVAILABLE', { message: 'Go is not on the PATH' });
  const base = pick(env, [...places, ...network]);
  const answer = await ports.processes.run({
    executable,
    args: ['env', '-json', ...asked],
    cwd,
    env: { ...base, ...pick(env, [...asked, 'GOENV', 'GOPATH']) },
    timeoutMs: 30_000,
    maxOutputBytes: 100_000,
  });
  const given = answer.exitCode === 0 ? parseSettings(answer.stdout) : {};
  const environment = {
    GOCACHE: path.join(cacheDir, 'go', 'build'),
    GOMODCACHE: path.join(cacheDir, 'go', 'mod'),
    ...base,
    ...given,
    // A compiler is downloaded only if the checksum database can verify it.
    ...(given.GOSUMDB === 'off' && { GOTOOLCHAIN: 'local' }),
    GOENV: 'off',
    GOWORK: 'off',
    CGO_ENABLED: '0',
    ...settings,
  };
  return { executable, env: environment };
}

const settingsSchema = z.record(z.string(), z.string());

function parseSettings(text: string): Record<string, string> {
  return pick(settingsSchema.safeParse(parseJson(text)).data ?? {}, asked);
}

/** @returns stdout. @throws GateError TOOL_UNAVAILABLE with the last lines of go's output. */
export async function runGo(
  { executable, env }: Go,
  args: readonly string[],
  { cwd, limits }: { readonly cwd: string; readonly limits: SourceLimits },
  ports: SourcePorts,
): Promise<string> {
  const result = await ports.processes.run({
    executable,
    args,
    cwd,
    env,
    timeoutMs: limits.timeoutMs,
    maxOutputBytes: 20_000_000,
    ...(limits.signal !== undefined && { signal: limits.signal }),
    onStderrLine: (line) => ports.log.debug(withoutPasswords(line)),
  });
  if (result.exitCode === 0 && result.end === 'exited') return result.stdout;
  throw new GateError('TOOL_UNAVAILABLE', { message: failure(result, limits.timeoutMs) });
}

function failure(result: ProcessResult, timeoutMs: number): string {
  if (result.end === 'timeout') return `go took longer than ${Math.round(timeoutMs / 1_000)} s`;
  if (result.end === 'not-started') return `go could not be started: ${result.startError ?? 'unknown'}`;
  if (result.end === 'aborted') return 'it was cancelled';
  return `go ended with ${result.exitCode ?? result.signal ?? result.end}: ${lastLines(withoutPasswords(result.stderr))}`;
}

/** Go quotes the address of a proxy or module server that it cannot use. */
function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^\s/@]+@/g, '//***@');
}

/** The named variables that are set. */
function pick(env: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]])));
}

/** The end of a program's error output: enough to know why, and nothing that a terminal acts on. */
function lastLines(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[^ -~]/g, '?').trim());
  return lines
    .filter((line) => line !== '')
    .slice(-3)
    .join(' | ')
    .slice(-400);
}
