import type { CommandContext } from '../../src/commands/command.ts';
import { openResults } from '../../src/results/open.ts';
import { nodePorts } from './node-ports.ts';

/** Nothing of earlier runs, and nothing kept for later ones. */
export const noStore: CommandContext['openResults'] = (cacheDir) =>
  openResults({ ports: nodePorts, cacheDir, secret: undefined, build: undefined });
