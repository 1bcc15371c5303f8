import type { CommandContext } from '../../src/commands/command.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import { noStore } from './no-store.ts';
import { root } from './root.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What a command of src gets in this process, without results of earlier runs, and what it has printed so far. */
export function commandContext(
  cwd: string,
  more: Partial<CommandContext> = {},
): { readonly context: CommandContext; readonly printed: () => string } {
  let text = '';
  const env = more.env ?? {};
  const context: CommandContext = {
    cwd,
    env,
    ports: createNodePorts({ log: silent, env }),
    stdout: (part) => {
      text += part;
    },
    terminal: { color: false, width: 100 },
    gateRoot: root,
    gateVersion: '1.0.0',
    openResults: noStore,
    cores: 1,
    signal: new AbortController().signal,
    ...more,
  };
  return { context, printed: () => text };
}
