import path from 'node:path';
import type { AttestedSboms } from '../model/attested-sbom.ts';
import { inParallel } from '../model/concurrency.ts';
import type { SandboxMode } from '../model/config.ts';
import { type Counter, createCounter } from '../model/counter.ts';
import type { CompletedRun, EngineRun } from '../model/engine-run.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { Tool, ToolProvider } from '../model/tool.ts';
import { scannable } from './all-targets.ts';
import { timedOut } from './ended.ts';
import type { BoundEngine, EngineContext } from './engine.ts';
import { isolated } from './isolation.ts';
import { runOf } from './part.ts';
import { reconcile } from './reconcile.ts';

export interface EnginesContext extends Omit<EngineContext, 'set' | 'options' | 'tool' | 'workspace' | 'workdir' | 'progress'> {
  readonly tools: ToolProvider;
  readonly sandbox: SandboxMode;
  /** `concurrency` is also the maximum of engines at the same time. */
  readonly checkout: string;
  /** The folder of this run; each engine gets an empty folder below it. */
  readonly tempDir: string;
}

/** Runs every engine, at most `concurrency` at a time; returns runs in registry order. Never rejects: an error becomes a `failed` run. */
export async function runEngines(
  engines: readonly BoundEngine[],
  set: ManifestSet,
  context: EnginesContext,
): Promise<readonly EngineRun[]> {
  const sboms = sbomsOf(engines, context);
  const counter = createCounter(context.ports.log, 'engines');
  counter.add(engines.filter((engine) => engine.enabled && engine.notApplicable(set) === undefined).length);
  return inParallel(context.concurrency, engines, (engine) =>
    runEngine(engine, set, { ...context, ...(sboms && { sboms }) }, counter),
  );
}

/** Of the engine that verifies them, if it is enabled. Its deadline is that of the run: each request has its own. */
function sbomsOf(engines: readonly BoundEngine[], context: EnginesContext): AttestedSboms | undefined {
  return engines.flatMap(({ enabled, sboms }) => (enabled ? (sboms?.(context) ?? []) : []))[0];
}

type RunContext = EnginesContext & { readonly sboms?: AttestedSboms };

async function runEngine(engine: BoundEngine, set: ManifestSet, context: RunContext, counter: Counter): Promise<EngineRun> {
  if (!engine.enabled) return disabled(engine, set, context);
  const reason = engine.notApplicable(set);
  if (reason !== undefined) return { status: 'skipped', engine: engine.id, reason, why: 'not-applicable' };
  const started = context.ports.clock.monotonicMs();
  const elapsed = () => Math.round(context.ports.clock.monotonicMs() - started);
  try {
    const tool = engine.tool === undefined ? undefined : await context.tools(engine.tool);
    context.ports.log.info(`${engine.id}: started${tool === undefined ? '' : ` (${tool.version})`}`);
    const run = await withDeadline(engine, scannable(set), tool, context);
    context.ports.log.info(`${engine.id}: completed in ${(elapsed() / 1000).toFixed(1)} s`);
    return reconcile(engine, set, run);
  } catch (thrown) {
    return ended(engine, toGateError(thrown, 'ENGINE_FAILED'), elapsed(), policyFiles(engine, set), context);
  } finally {
    counter.done();
  }
}

/** The user's policies that an engine evaluates. */
function policyFiles({ language: own }: BoundEngine, { policies }: ManifestSet): readonly string[] {
  return own === undefined ? [] : policies.flatMap(({ file, language }) => (language === own ? [file] : []));
}

const byUser = 'disabled by the configuration or --engines';

/** The reason is the more useful one: an engine that has nothing to do is not worth enabling. */
function disabled(engine: BoundEngine, set: ManifestSet, context: EnginesContext): EngineRun {
  const policies = policyFiles(engine, set);
  const [file] = policies;
  if (file === undefined || engine.refusesDisabled === undefined)
    return { status: 'skipped', engine: engine.id, reason: engine.notApplicable(set) ?? byUser, why: 'disabled' };
  const error = new GateError('POLICY_INVALID', {
    file,
    line: 1,
    message: `this is a policy of ${engine.title}, and the engine ${engine.id} is ${byUser}`,
    expected: `${engine.id} among the engines`,
    next: `Enable \`engines.${engine.id}\`, or move the file out of the folders in \`policies\`.`,
  });
  return ended(engine, error, 0, policies, context);
}

/** Locally, an engine without its binary is skipped with a warning; in the action it is an error. An untrusted binary is always an error. */
function ended(
  engine: BoundEngine,
  error: GateError,
  durationMs: number,
  policies: readonly string[],
  context: EnginesContext,
): EngineRun {
  if (error.code === 'TOOL_UNAVAILABLE' && context.mode === 'auto') {
    context.ports.log.warn(`${engine.id}: not run: ${error.message}`);
    return {
      status: 'skipped',
      engine: engine.id,
      reason: error.message,
      why: 'unavailable',
      ...(policies.length > 0 && { policies }),
    };
  }
  // The reports have the reason, once.
  context.ports.log.error(`${engine.id}: failed (${error.code})`);
  return { status: 'failed', engine: engine.id, error, durationMs };
}

/** Applies the timeout even to an engine that ignores its signal: its run is then abandoned and its result ignored. */
async function withDeadline(
  engine: BoundEngine,
  set: ManifestSet,
  tool: Tool | undefined,
  { tools: _tools, sandbox, checkout, tempDir, ...context }: RunContext,
): Promise<CompletedRun> {
  const { clock, files, log } = context.ports;
  const workdir = path.join(tempDir, 'engines', engine.id);
  await files.makeDir(workdir);
  const started = clock.monotonicMs();
  const deadline = AbortSignal.timeout(context.timeoutMs);
  const signal = AbortSignal.any([context.signal, deadline]);
  const { ports, notes } = isolated(context.ports, sandbox, tool);
  const progress = (text: string) => log.info(`${engine.id}: ${text}`);
  try {
    const part = await Promise.race([
      engine.run({ ...context, set, tool, workdir, signal, ports, workspace: checkout, progress }),
      rejectOnAbort(signal, deadline, engine.id, context.timeoutMs),
    ]);
    const durationMs = Math.round(clock.monotonicMs() - started);
    const run = runOf(engine.id, part, { version: tool?.version ?? 'unknown', durationMs });
    return { ...run, notes: [...run.notes, ...notes()] };
  } finally {
    await files.remove(workdir);
  }
}

/** Grace period after the signal, so that the engine's own, more precise error takes precedence. */
const graceMs = 5_000;

function rejectOnAbort(signal: AbortSignal, deadline: AbortSignal, engine: string, timeoutMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => {
      const error = deadline.aborted
        ? timedOut(engine, timeoutMs)
        : new GateError('ENGINE_FAILED', { message: `${engine} was cancelled` });
      setTimeout(() => reject(error), graceMs).unref();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
