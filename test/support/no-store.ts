import type { CommandContext } from '../../src/commands/command.ts';
import { createResults } from '../../src/engines/results.ts';

/** Nothing of earlier runs, and nothing kept for later ones. */
export const noStore: CommandContext['openResults'] = async () => ({
  results: createResults(),
  changed: () => false,
  save: async () => {},
});
