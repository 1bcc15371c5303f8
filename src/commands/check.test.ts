import { expect, it } from 'vitest';
import { toGateError } from '../model/gate-error.ts';
import { checkCommand } from './check.ts';
import type { Command, CommandContext } from './command.ts';
import { mergeCommand } from './merge.ts';

/** Up to where the command first touches the world: by then its flags are checked. */
async function refusal(command: Command, args: readonly string[]): Promise<string> {
  const context: CommandContext = new Proxy(Object.create(null), {
    get: (_target, key) => {
      if (key === 'cwd') return '/nowhere';
      if (key === 'cores') return 2;
      throw new Error('touched');
    },
  });
  try {
    await command.run(args, context);
    return 'ended';
  } catch (thrown) {
    return toGateError(thrown).message;
  }
}

it.each([checkCommand, mergeCommand])('refuses --only-new without --base, which could do nothing', async (command) => {
  expect(await refusal(command, ['--only-new'])).toMatch(/^--only-new needs --base: .*; expected .*--base origin\/main/);
  expect(await refusal(command, ['--only-new', '--base', 'main'])).not.toContain('--only-new');
  expect(await refusal(command, [])).not.toContain('--only-new');
});
