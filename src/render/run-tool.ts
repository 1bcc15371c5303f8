import path from 'node:path';
import * as z from 'zod';
import type { SandboxMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import type { Log, ProcessResult } from '../ports/ports.ts';
import type { RenderContext } from './context.ts';
import { keyOf } from './known-output.ts';

const timeoutMs = 120_000;
const maxOutputBytes = 64 * 1024 * 1024;
/** Of one process, for one chart or kustomization: a template can ask for any amount. */
const memoryBytes = 4 * 1024 ** 3;
const softMemoryBytes = 3 * 1024 ** 3;
/** Discard port on loopback: where the network can't be cut off, what the checks before the run did not see still reaches no server. */
const nowhere = 'http://127.0.0.1:9';

/** How a rendering ended, and what it wrote. */
export type Rendering = Pick<ProcessResult, 'exitCode' | 'stdout' | 'stderr'>;

export interface Repeatable {
  /** Absolute: all that the rendering may read is below these. */
  readonly reads: readonly string[];
  /** That it failed is an answer, too. Left out: one that failed is tried again, since the machine may have been to blame. */
  readonly failuresToo?: boolean;
}

/** As runTool, but a rendering that was made before from the same files is not made again. What names a folder of this run is not kept. */
export async function runToolOnce(
  id: 'helm' | 'kustomize',
  args: readonly string[],
  { reads, failuresToo = false }: Repeatable,
  cwd: string,
  context: RenderContext,
  sandbox: SandboxMode,
): Promise<Rendering> {
  const { renderings, ports } = context;
  const key = renderings === undefined ? undefined : await keyOf(await context.tools(id), args, reads, ports.files);
  const known = key === undefined ? undefined : renderings?.find(key);
  if (known !== undefined) return renderingSchema.parse(JSON.parse(known));
  const result = await runTool(id, args, cwd, context, sandbox);
  const error = /^Error: [\s\S]*/m.exec(result.stderr)?.[0] ?? '';
  const isWhole = result.exitCode === 0 ? error === '' : failuresToo && result.exitCode === 1 && error !== '';
  const kept = { exitCode: result.exitCode, stdout: result.stdout, stderr: error };
  if (key !== undefined && isWhole && ![kept.stdout, error].some((text) => text.includes(context.tempDir)))
    renderings?.keep(key, JSON.stringify(kept));
  return result;
}

const renderingSchema = z.strictObject({ exitCode: z.int(), stdout: z.string(), stderr: z.string() });

/** Runs helm or kustomize without the gate's environment, network or plugins. Throws if it did not finish; exit codes are the caller's. */
export async function runTool(
  id: 'helm' | 'kustomize',
  args: readonly string[],
  cwd: string,
  context: RenderContext,
  sandbox: SandboxMode,
): Promise<ProcessResult> {
  const tool = await context.tools(id);
  await tool.verified?.();
  const home = path.join(context.tempDir, 'home');
  await context.ports.files.makeDir(home);
  const result = await context.ports.processes.run({
    executable: tool.path,
    args,
    cwd,
    env: {
      HOME: home,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      HELM_CACHE_HOME: path.join(home, 'cache'),
      HELM_CONFIG_HOME: path.join(home, 'config'),
      HELM_DATA_HOME: path.join(home, 'data'),
      HELM_PLUGINS: path.join(home, 'plugins'),
      KUBECONFIG: path.join(home, 'no-kubeconfig'),
      XDG_CONFIG_HOME: path.join(home, 'config'),
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
      GOMEMLIMIT: String(softMemoryBytes),
    },
    timeoutMs,
    maxOutputBytes,
    network: 'none',
    memoryBytes,
    isolationRequired: sandbox === 'strict',
    signal: context.signal,
    onStderrLine: (line) => context.ports.log.debug(`${id}: ${line}`),
  });
  sayOnce(context.ports.log, result.notIsolated ?? []);
  if (result.end === 'exited') return result;
  throw new GateError('RENDER_FAILED', {
    message: `${id} did not finish (${result.startError ?? result.signal ?? result.end}): ${excerpt(result, [[`${context.tempDir}/`, '']])}`,
    next: nextOf(result),
  });
}

const told = new WeakSet<Log>();

/** Renderers have no notes in the report: one chart more is not news. */
function sayOnce(log: Log, missing: readonly string[]): void {
  if (missing.length === 0 || told.has(log)) return;
  told.add(log);
  for (const line of missing) log.warn(`helm, kustomize: ${line}`);
}

function nextOf({ end, notIsolated }: ProcessResult): string {
  if (end === 'timeout') return `It was stopped after ${timeoutMs / 1000} s.`;
  if (end === 'memory-limit') return `It may take ${memoryBytes / 1024 ** 3} GiB of memory for one chart or kustomization.`;
  if (end === 'not-started' && notIsolated !== undefined)
    return 'docs/engines.md lists what `sandbox: strict` needs; `sandbox: auto` runs with what is available.';
  return 'Run it manually to see more.';
}

/** Folder of this run -> how the repository names it. */
type Names = readonly (readonly [folder: string, name: string])[];
const maxLength = 600;
const startLength = 200;

/** The output of a failed run, short enough for a message: its start has the place, its end the cause. */
export function excerpt(result: Pick<ProcessResult, 'stderr'>, names: Names = []): string {
  const text = names
    .reduce((whole, [folder, name]) => whole.replaceAll(folder, name), result.stderr)
    .replace(/^(?:# Warning|level=WARN)[^\n]*\n/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/ ?Use --debug flag to render out invalid YAML/, '')
    .trim();
  return text === '' ? 'no output' : shorten(text.replace(/^Error: /, ''));
}

function shorten(text: string): string {
  if (text.length <= maxLength) return text;
  const between = ' … ';
  return `${text.slice(0, startLength).trimEnd()}${between}${text.slice(-(maxLength - startLength - between.length)).trimStart()}`;
}
