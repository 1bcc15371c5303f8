import { GateError } from '../model/gate-error.ts';
import type { Tool } from '../model/tool.ts';
import type { Files } from '../ports/ports.ts';
import { readReceipt, type Slot, toolIn } from './cache.ts';

/**
 * The tool as its receipt has it, hashed before it is first run; without a receipt, as `provided`. A receipt that lies about a hash names
 * results that were never kept for this binary, or those of an honest one.
 */
export async function byReceipt(slot: Slot, files: Files, provided: () => Promise<Tool>): Promise<Tool> {
  const receipt = await readReceipt(files, slot).catch(() => undefined);
  if (receipt === undefined) return provided();
  const tool = toolIn(slot, receipt.files);
  return {
    ...tool,
    async verified() {
      const found = await provided();
      if (found.sha256 === tool.sha256) return;
      throw new GateError('TOOL_UNTRUSTED', {
        file: tool.path,
        message: `${slot.id} was not what its receipt says, and was installed anew`,
        next: 'Find out who changed the cache folder, and run again.',
      });
    },
  };
}
