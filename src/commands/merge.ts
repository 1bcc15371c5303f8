import path from 'node:path';
import { flagHelp, flagsOf } from '../inputs/options/flags.ts';
import { judge, readFlags } from './check.ts';
import type { Command } from './command.ts';

export const mergeCommand: Command = {
  name: 'merge',
  usage: 'k8s-gate merge FOLDER|FILES... [options]',
  help: `Combines the reports of all shards into one verdict: the files that \`k8s-gate check --shard I/N --shard-report FILE\` wrote, for each I from 1 to N.
Run it on the same checkout. If a shard is missing, or has another commit, configuration or version, the verdict is error.

  FOLDER|FILES...       Reports, or folders that contain nothing else.
${flagHelp(flagsOf('merge'))}

Options must be the same as those of the shards.

Exit code: 0 pass or warn, 1 block, 2 error (the gate could not reach a verdict).`,
  async run(args, context) {
    const { given, positionals } = readFlags('merge', args, context);
    const from = positionals.map((file) => path.resolve(context.cwd, file));
    return judge(given, { kind: 'merge', from }, context);
  },
};
