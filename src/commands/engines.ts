import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import { type CommandOutput, installCommand, listCommand, verifyCommand } from '../toolchain/commands.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { type Command, parseFlags } from './command.ts';
import { cacheDirOf, openToolchain } from './tools.ts';

const options = {
  all: { type: 'boolean', default: false },
  'cache-dir': { type: 'string' },
  mirror: { type: 'string' },
  'require-signatures': { type: 'boolean', default: false },
  tool: { type: 'string', multiple: true, default: [] as string[] },
} as const;

const help = `list               what is there, and where it came from (--all: the tools of the gate's own tests too)
install [ids...]   install all engines and renderers, or these
verify [ids...]    hash the installed copies anew

  --cache-dir DIR    where engines and databases are kept
  --mirror URL       stands in for the publishers' download sites
  --require-signatures
                     refuse a signed release whose signature can't be had
  --tool ID=PATH     use this binary: trivy=/usr/bin/trivy, or trivy=/usr/bin/trivy@sha256:HEX

Exit code: 0 all is well, 2 something is missing, changed or could not be installed.`;

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
    const cacheDir = cacheDirOf(values['cache-dir'], context);
    const signatures = values['require-signatures'] ? 'required' : 'when-there';
    const settings = { given: values.tool, cacheDir, mirror: values.mirror, signatures } as const;
    const { text, ok } = await action(await openToolchain(settings, context), ids, values);
    context.stdout(text);
    return ok ? 0 : 2;
  },
};

function unknownAction(name: string): GateError {
  const names = Object.keys(actions);
  const near = nearest(name, names);
  return new GateError('INPUT_INVALID', {
    message: name === '' ? 'engines: nothing to do was named' : `engines: there is no \`${name}\``,
    expected: near === undefined ? names.join(', ') : `\`${near}\``,
  });
}
