import type { SandboxMode } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import type { Tool } from '../model/tool.ts';
import type { EnginePorts } from '../ports/ports.ts';

/**
 * Of each process of an engine. A bomb has to be stopped before the machine is out of memory; honest work stays far below.
 */
const memoryBytes = 6 * 1024 ** 3;
/** Go's garbage collector works harder from here on, instead of running into the limit by its habit of doubling. */
const softMemoryBytes = 5 * 1024 ** 3;

/**
 * Ports of one engine: whatever it starts as a sandboxed child is bound in memory too, and what the system did not allow of the sandbox is
 * kept for its notes. Its tool is verified before it is run. In `strict` such a child is not started: `run` throws ENGINE_FAILED.
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
          next: 'docs/engines.md says what it takes; `sandbox: auto` runs with what there is and says so in the report.',
        });
      }
      for (const note of missing) notes.add(note);
      return result;
    },
  };
  return { ports: { ...ports, processes }, notes: () => [...notes] };
}
