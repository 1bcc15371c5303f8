import { GateError } from '../model/gate-error.ts';
import type { Tool } from '../model/tool.ts';
import type { Files } from '../ports/ports.ts';
import { readReceipt, type Slot, toolIn } from './cache.ts';

/**
 * The tool as in its receipt, hashed before its first run; without a receipt, as `provided`. A receipt with a false hash leads to results that
 * were never stored for this binary, or to those of the honest one.
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
        message: `${slot.id} did not match its receipt, and was installed again`,
        next: 'Find out who changed the cache folder, and run again.',
      });
    },
  };
}
