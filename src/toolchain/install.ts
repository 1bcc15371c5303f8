import { GateError, toGateError } from '../model/gate-error.ts';
import type { Tool } from '../model/tool.ts';
import type { EnginePorts } from '../ports/ports.ts';
import { putInCache, readCache, type Slot } from './cache.ts';
import { readVersion } from './given-tool.ts';
import { acquireLock, type LockTimes } from './install-lock.ts';
import type { LockedTool } from './lock-file.ts';
import type { ToolSource } from './source.ts';

/** The longest a source may take without a budget: enough to build Trivy on a slow machine. */
const sourceTimeoutMs = 45 * 60_000;

export interface InstallOptions {
  /** Absent: however long it takes. */
  readonly budgetMs?: number;
  readonly signal: AbortSignal | undefined;
  readonly lockTimes?: LockTimes;
}

/**
 * Installs into the slot, or uses what another process installed there in the meantime.
 * @throws GateError TOOL_UNAVAILABLE with the reason for each source, or TOOL_UNTRUSTED.
 */
export async function install(
  slot: Slot,
  locked: LockedTool,
  sources: readonly ToolSource[],
  ports: EnginePorts,
  options: InstallOptions,
): Promise<Tool> {
  const fitting = sources.filter((source) => options.budgetMs === undefined || source.expectedMs <= options.budgetMs);
  const tooSlow = sources.filter((source) => !fitting.includes(source));
  if (fitting.length === 0) throw unavailable(slot, locked, [], tooSlow, options.budgetMs);
  const timeoutMs = options.budgetMs ?? sourceTimeoutMs;
  const lock = await acquireLock(ports, slot.folder, {
    timeoutMs,
    signal: options.signal,
    ...(options.lockTimes !== undefined && { times: options.lockTimes }),
    onWait: () => ports.log.info(`waiting for another process that installs ${slot.id} ${slot.version}`),
  });
  try {
    const cached = await readCache(ports.files, slot);
    if (cached.state === 'installed') return cached.tool;
    return await trySources(fitting, tooSlow, lock.work, { slot, locked, ports, options, timeoutMs });
  } finally {
    await lock.release();
  }
}

interface Attempt {
  readonly slot: Slot;
  readonly locked: LockedTool;
  readonly ports: EnginePorts;
  readonly options: InstallOptions;
  readonly timeoutMs: number;
}

async function trySources(
  fitting: readonly ToolSource[],
  tooSlow: readonly ToolSource[],
  staging: string,
  attempt: Attempt,
): Promise<Tool> {
  const { slot, ports, options } = attempt;
  const failures: string[] = [];
  for (const source of fitting) {
    if (options.signal?.aborted) throw new GateError('TOOL_UNAVAILABLE', { message: `installing ${slot.id} was cancelled` });
    try {
      return await fetchAndPut(source, staging, attempt);
    } catch (thrown) {
      const error = toGateError(thrown);
      // Bytes with the wrong hash are reported, not replaced by another source.
      if (error.code === 'TOOL_UNTRUSTED') throw error;
      failures.push(`${source.label}: ${error.message}`);
      ports.log.debug(`${slot.id}: ${source.label}: ${error.message}`);
      await ports.files.remove(staging);
      await ports.files.makeDir(staging);
    }
  }
  throw unavailable(slot, attempt.locked, failures, tooSlow, options.budgetMs);
}

async function fetchAndPut(
  source: ToolSource,
  staging: string,
  { slot, locked, ports, options, timeoutMs }: Attempt,
): Promise<Tool> {
  const startedMs = ports.clock.monotonicMs();
  ports.log.info(`installing ${slot.id} ${slot.version} from ${source.label}`);
  const signature = await source.fetch(staging, { timeoutMs, signal: options.signal });
  const version = await readVersion(slot.id, `${staging}/${slot.id}`, locked, ports);
  if (version !== locked.version && locked.versionArgs !== undefined)
    ports.log.warn(`${slot.id} reports the version ${version}; ${locked.version} is pinned`);
  const installSeconds = Math.round((ports.clock.monotonicMs() - startedMs) / 100) / 10;
  const tool = await putInCache(ports.files, slot, staging, {
    origin: source.origin,
    ...(signature !== undefined && { signature }),
    installedAt: ports.clock.now().toISOString(),
    installSeconds,
  });
  ports.log.info(`installed ${slot.id} ${slot.version} in ${installSeconds} s from ${source.label}`);
  return tool;
}

function unavailable(
  slot: Slot,
  locked: LockedTool,
  failures: readonly string[],
  tooSlow: readonly ToolSource[],
  budgetMs: number | undefined,
): GateError {
  const quickest = Math.min(...tooSlow.map((source) => source.expectedMs));
  const slow =
    tooSlow.length === 0 || budgetMs === undefined
      ? []
      : [
          `installing takes about ${Math.ceil(quickest / 1_000)} s, more than the ${Math.round(budgetMs / 1_000)} s of --engines auto`,
        ];
  const reasons = [...failures, ...slow];
  const known =
    reasons.length === 0 ? [`there is no release asset for ${slot.platform} and no Go module in tools.lock.json`] : reasons;
  const go = locked.goModule === undefined ? '' : ', or install Go where a module proxy can be reached';
  const next =
    slow.length > 0
      ? `Run \`k8s-gate engines install ${slot.id}\``
      : `Provide a binary (--tool ${slot.id}=PATH, or the action's \`tools\` input) or a mirror (--mirror)${go}`;
  return new GateError('TOOL_UNAVAILABLE', {
    message: `${slot.id} ${slot.version} is not installed and could not be: ${known.join('; ')}`,
    next,
  });
}
