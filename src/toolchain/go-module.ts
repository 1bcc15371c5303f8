import path from 'node:path';
import * as z from 'zod';
import { GateError } from '../model/gate-error.ts';
import type { ProcessResult } from '../ports/ports.ts';
import type { LockedGoModule, LockedTool } from './lock-file.ts';
import { type Environment, lastLines, pick, type Queue, type SourcePorts, type ToolSource } from './source.ts';

interface GoContext {
  readonly ports: SourcePorts;
  readonly env: Environment;
  readonly gateRoot: string;
  readonly cacheDir: string;
  /** A build takes all cores, and linking Trivy 2 GB: two at once are no faster. */
  readonly builds: Queue;
}

/**
 * A build from source. What comes is what go.sum says, for every module: its hashes were checked against Go's checksum database when
 * they were written, and `-mod=readonly` lets no other in.
 */
export function goModule(id: string, locked: LockedTool, module: LockedGoModule, context: GoContext): ToolSource {
  const { log } = context.ports;
  return {
    label: `Go module ${module.module}@${module.version}`,
    origin: { kind: 'go-module', from: `${module.package}@${module.version}` },
    expectedMs: module.buildSeconds * 1_000,
    async fetch(staging, limits) {
      const go = await context.ports.processes.find('go');
      if (go === undefined) throw new GateError('TOOL_UNAVAILABLE', { message: 'Go is not on the PATH' });
      const build = { go, module, limits, env: await goEnvironment(go, module, staging, context) };
      await context.builds(async () => {
        log.info(
          `building ${id} ${locked.version} from its pinned Go module; with empty caches on two cores that took ${module.buildSeconds} s`,
        );
        const link = module.stamp === undefined ? '-s -w' : `-s -w -X ${module.stamp}`;
        const output = path.join(staging, id);
        await runGo(build, ['build', '-trimpath', '-buildvcs=false', `-ldflags=${link}`, '-o', output, module.package], context);
        for (const folder of module.folders ?? []) await copyFolder(build, folder, staging, context);
      });
      return undefined;
    },
  };
}

interface Build {
  readonly go: string;
  readonly module: LockedGoModule;
  readonly limits: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined };
  readonly env: Readonly<Record<string, string>>;
}

/** What decides where modules come from and are kept; and what a machine behind a proxy can't do without. */
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
 */
async function goEnvironment(
  go: string,
  module: LockedGoModule,
  cwd: string,
  { ports, env, cacheDir }: GoContext,
): Promise<Record<string, string>> {
  const base = pick(env, [...places, ...network]);
  const settings = await ports.processes.run({
    executable: go,
    args: ['env', '-json', ...asked],
    cwd,
    env: { ...base, ...pick(env, [...asked, 'GOENV', 'GOPATH']) },
    timeoutMs: 30_000,
    maxOutputBytes: 100_000,
  });
  const given = settings.exitCode === 0 ? parseSettings(settings.stdout) : {};
  return {
    GOCACHE: path.join(cacheDir, 'go', 'build'),
    GOMODCACHE: path.join(cacheDir, 'go', 'mod'),
    ...base,
    ...given,
    // A compiler is downloaded only where the checksum database can vouch for it.
    ...(given.GOSUMDB === 'off' && { GOTOOLCHAIN: 'local' }),
    GOENV: 'off',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly',
    CGO_ENABLED: '0',
    ...(module.goexperiment !== undefined && { GOEXPERIMENT: module.goexperiment }),
  };
}

const settingsSchema = z.record(z.string(), z.string());

function parseSettings(text: string): Record<string, string> {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text));
    return parsed.success ? pick(parsed.data, asked) : {};
  } catch {
    return {};
  }
}

async function runGo(
  { go, module, limits, env }: Build,
  args: readonly string[],
  { ports, gateRoot }: GoContext,
): Promise<string> {
  const result = await ports.processes.run({
    executable: go,
    args,
    cwd: path.join(gateRoot, module.folder),
    env,
    timeoutMs: limits.timeoutMs,
    maxOutputBytes: 20_000_000,
    ...(limits.signal !== undefined && { signal: limits.signal }),
    onStderrLine: (line) => ports.log.debug(line),
  });
  if (result.exitCode === 0 && result.end === 'exited') return result.stdout;
  throw new GateError('TOOL_UNAVAILABLE', { message: failure(result, limits.timeoutMs) });
}

function failure(result: ProcessResult, timeoutMs: number): string {
  if (result.end === 'timeout') return `go took longer than ${Math.round(timeoutMs / 1_000)} s`;
  if (result.end === 'not-started') return `go could not be started: ${result.startError ?? 'unknown'}`;
  if (result.end === 'aborted') return 'it was cancelled';
  return `go ended with ${result.exitCode ?? result.signal ?? result.end}: ${lastLines(result.stderr)}`;
}

async function copyFolder(build: Build, folder: string, staging: string, context: GoContext): Promise<void> {
  const { files } = context.ports;
  const from = path.join((await runGo(build, ['list', '-m', '-f', '{{.Dir}}', build.module.module], context)).trim(), folder);
  for (const file of await files.walk(from, () => false)) {
    if (file.kind === 'file')
      await files.write(path.join(staging, folder, file.path), await files.readBytes(path.join(from, file.path)));
  }
}
