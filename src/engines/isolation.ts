import type { SandboxMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import type { Tool } from '../model/tool.ts';
import type { EnginePorts } from '../ports/ports.ts';

/**
 * The limit for each process of an engine. Decompression bombs have to be stopped before the machine runs out of memory; normal use stays
 * far below.
 */
const memoryBytes = 6 * 1024 ** 3;
/** From here on, Go's garbage collector runs more often; otherwise its heap doubling would reach the limit. */
const softMemoryBytes = 5 * 1024 ** 3;

/**
 * The ports of one engine: sandboxed children also get a memory limit, missing sandbox features are collected for its notes, and its tool is
 * verified before it runs. In `strict` mode, `run` throws ENGINE_FAILED instead of starting a child that cannot be isolated completely.
 */
export function isolated(
  ports: EnginePorts,
  sandbox: SandboxMode,
  tool?: Pick<Tool, 'path' | 'verified'>,
): { readonly ports: EnginePorts; readonly notes: () => readonly string[] } {
  const notes = new Set<string>();
  const processes: EnginePorts['processes'] = {
    find: (name) => ports.processes.find(name),
    async run(command) {
      if (command.executable === tool?.path) await tool.verified?.();
      if (command.network === undefined) return ports.processes.run(command);
      const result = await ports.processes.run({
        memoryBytes,
        ...command,
        env: { GOMEMLIMIT: String(softMemoryBytes), ...command.env },
        isolationRequired: sandbox === 'strict',
      });
      const missing = result.notIsolated ?? [];
      if (sandbox === 'strict' && missing.length > 0) {
        throw new GateError('ENGINE_FAILED', {
          message: `not started: ${missing.join('; ')}`,
          expected: 'a system that isolates engines, because of `sandbox: strict`',
          next: 'See docs/engines.md for the requirements; `sandbox: auto` runs with the available isolation and reports what is missing.',
        });
      }
      for (const note of missing) notes.add(note);
      return result;
    },
  };
  return { ports: { ...ports, processes }, notes: () => [...notes] };
}
