import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import { exitCodes, givenOf, silentVerdict } from './check.ts';
import { type Command, parseFlags } from './command.ts';
import { fix } from './fix/fix.ts';

const shared = flagsOf('check').filter(({ flag }) => !['output', 'shard', 'shard-report', 'fix'].includes(flag.name));

export const fixCommand: Command = {
  name: 'fix',
  usage: 'k8s-gate fix [paths...] [options]',
  help: `Applies the suggested fixes of findings that block or warn to the files that cause them (manifests, Kustomize bases and patches, Helm values and
templates), shows the diff, and evaluates again. An edit that does not remove its finding is reverted. Comments and formatting are kept. Files
outside the repository, behind symbolic links, or ignored by git are never written.

  --all                 Also fix findings that the severity policy allows.
  --rule RULE           Only fix this rule, such as cel/privileged. May be repeated.
${flagHelp(shared)}

Examples:
  k8s-gate fix --dry-run                    Show what would be changed.
  k8s-gate fix --rule cel/privileged        Fix one rule everywhere.
  k8s-gate fix --base origin/main           Use the configuration of main, and fix what blocks or warns.
  k8s-gate fix --dry-run | git apply        The same as without --dry-run, run at the root of the repository.

Exit code after the fixes: 0 pass or warn, 1 block, 2 error. With --dry-run: before them.`,
  async run(args, context) {
    const { values, positionals } = parseFlags(fixCommand, args, {
      ...parserOptions(shared),
      all: { type: 'boolean', default: false },
      rule: { type: 'string', multiple: true, default: [] },
    });
    const { all, rule, ...rest } = values;
    const given = { ...givenOf(rest, context), paths: positionals };
    const wanted = { all, rules: rule };
    return exitCodes[(await fix({ given, wanted, judge: silentVerdict }, context, context.stdout)).outcome];
  },
};
