import path from 'node:path';
import { judge, judgeOptions } from './check.ts';
import { type Command, parseFlags } from './command.ts';

const help = `Makes one verdict of the reports of all shards: what \`k8s-gate check --shard I/N --shard-report FILE\` wrote, for each I from 1 to N.
It discovers and renders like check, on the same checkout, and takes the engines' answers from the reports. A shard that is missing, or that
judged another commit, another configuration or by another version, makes the verdict error.

  FOLDER|FILES...      the reports, or folders that hold nothing else
  --path PATH          what is judged, as the shards were given it; may be repeated

and check's other options, which must be the same as the shards had: \`k8s-gate check --help\` lists them.

Exit code: 0 pass or warn, 1 block, 2 error (the gate could not judge).`;

export const mergeCommand: Command = {
  name: 'merge',
  usage: 'k8s-gate merge FOLDER|FILES... [options of check]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(mergeCommand, args, {
      ...judgeOptions,
      path: { type: 'string', multiple: true, default: [] as string[] },
    });
    const from = positionals.map((given) => path.resolve(context.cwd, given));
    return judge(values, { paths: values.path, scale: { kind: 'merge', from } }, context);
  },
};
