import { availableParallelism, homedir } from 'node:os';
import type { Command, CommandContext } from '../../src/commands/command.ts';
import { commands } from '../../src/commands/registry.ts';
import { toGateError } from '../../src/model/gate-error.ts';
import { createNodePorts } from '../../src/ports/node-ports.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { commandContext } from './command-context.ts';

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly log: string;
}

interface Options {
  readonly ports?: (real: Ports) => Ports;
  readonly color?: boolean;
  /** Answers a question, as on a terminal; without it nobody is asked. */
  readonly ask?: NonNullable<CommandContext['ask']>;
}

/** A command of src in this process, with the real file system, git and engines of this machine, and no results of earlier runs. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  cwd: string,
  { ports = (real) => real, color = false, ask }: Options = {},
): Promise<CommandRun> {
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(text);
  const { PATH = '', HOME = homedir(), XDG_CACHE_HOME } = process.env;
  const env = { PATH, HOME, ...(XDG_CACHE_HOME !== undefined && { XDG_CACHE_HOME }) };
  const log = { debug: () => {}, info: note, warn: note, error: note };
  const { context, printed } = commandContext(cwd, {
    env,
    ports: ports(createNodePorts({ log, env })),
    ...(ask !== undefined && { ask }),
    terminal: { color, width: 120 },
    gateVersion: '0.0.0',
    commands,
    cores: availableParallelism(),
  });
  const finish = (code: number): CommandRun => ({ code, stdout: printed(), log: lines.join('\n') });
  try {
    return finish(await command.run(args, context));
  } catch (thrown) {
    note(`error: ${toGateError(thrown).message}`);
    return finish(2);
  }
}
