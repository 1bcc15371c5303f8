import path from 'node:path';
import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import { givenFlags } from '../inputs/options/given.ts';
import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import { type CommandOutput, installCommand, listCommand, verifyCommand } from '../toolchain/commands.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { type Command, parseFlags } from './command.ts';
import { cacheDirOf, openToolchain, toolSettings } from './tools.ts';

const flags = flagsOf('check', ['tool', 'cache-dir', 'mirror', 'require-signatures']);
const options = {
  ...parserOptions(flags),
  all: { type: 'boolean', default: false },
} as const;

const help = `list                    List the tools and where they came from (--all: also those of the gate's own tests).
install [ids...]        Install all engines and renderers, or these.
verify [ids...]         Verify the hashes of the installed copies.

${flagHelp(flags)}

Exit code: 0 success, 2 a tool is missing, changed or could not be installed.`;

interface Flags {
  readonly all: boolean;
}

const actions: Readonly<Record<string, (toolchain: Toolchain, ids: readonly string[], flags: Flags) => Promise<CommandOutput>>> =
  {
    list: (toolchain, _ids, { all }) => listCommand(toolchain, { all }),
    install: (toolchain, ids) => installCommand(toolchain, ids),
    verify: (toolchain, ids) => verifyCommand(toolchain, ids),
  };

export const enginesCommand: Command = {
  name: 'engines',
  usage: 'k8s-gate engines list|install|verify [ids...] [options]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(enginesCommand, args, options);
    const [name = '', ...ids] = positionals;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw unknownAction(name);
    const given = givenFlags(values, (file) => path.resolve(context.cwd, file));
    const settings = toolSettings(given, cacheDirOf(given.cacheDir, context));
    const { text, ok } = await action(await openToolchain(settings, context), ids, { all: values.all === true });
    context.stdout(text);
    return ok ? 0 : 2;
  },
};

function unknownAction(name: string): GateError {
  const names = Object.keys(actions);
  const near = nearest(name, names);
  return new GateError('INPUT_INVALID', {
    message: name === '' ? 'engines: the subcommand is missing' : `engines: there is no subcommand \`${name}\``,
    expected: near === undefined ? names.join(', ') : `\`${near}\``,
  });
}
