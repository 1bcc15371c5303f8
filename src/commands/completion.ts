import { flagsOf } from '../inputs/options/flags.ts';
import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { type Script, scripts, shells } from './completion/scripts.ts';

export const completionCommand: Command = {
  name: 'completion',
  usage: 'k8s-gate completion bash|zsh|fish',
  help: `Prints a script that completes commands, options, engines and files.

  bash:  source <(k8s-gate completion bash)               in ~/.bashrc
  zsh:   source <(k8s-gate completion zsh)                in ~/.zshrc, after compinit
  fish:  k8s-gate completion fish > ~/.config/fish/completions/k8s-gate.fish`,
  async run(args, { stdout, commands = [] }) {
    const { positionals } = parseFlags(completionCommand, args, {});
    const shell = shells.find((name) => name === positionals[0]);
    if (shell === undefined || positionals.length > 1) {
      const near = nearest(positionals[0] ?? '', shells);
      throw new GateError('INPUT_INVALID', {
        message:
          positionals[0] === undefined ? 'completion: no shell was given' : `completion: unknown shell \`${positionals[0]}\``,
        expected: near === undefined ? shells.join(', ') : `\`${near}\``,
      });
    }
    stdout(scripts[shell](await words(commands)));
    return 0;
  },
};

async function words(commands: NonNullable<CommandContext['commands']>): Promise<Script> {
  const { engines } = await import('../engines/registry.ts');
  const check = flagsOf('check').map(({ flag }) => `--${flag.name}`);
  const options: Readonly<Record<string, readonly string[]>> = {
    check,
    fix: [...check.filter((name) => !['--output', '--shard', '--shard-report', '--fix'].includes(name)), '--all', '--rule'],
    merge: flagsOf('merge').map(({ flag }) => `--${flag.name}`),
    explain: ['--report'],
  };
  return {
    commands: commands.map(({ name, summary }) => ({ name, summary, options: [...(options[name] ?? []), '--help'] })),
    words: {
      engines: ['list', 'install', 'verify', 'update'],
      waivers: ['check', 'add', 'import'],
      policies: ['test'],
      completion: shells,
    },
    engines: engines.map(({ id }) => id),
  };
}
