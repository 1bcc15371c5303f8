import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import type { Comparison } from '../model/comparison.ts';
import { GateError } from '../model/gate-error.ts';
import { differs } from '../model/rendered-diff.ts';
import { givenOf, verdictOf } from './check.ts';
import { type Command, parseFlags } from './command.ts';

const flags = flagsOf('check', [
  'workspace',
  'config',
  'exclude',
  'environment',
  'tool',
  'cache-dir',
  'no-cache',
  'mirror',
  'timeout',
  'concurrency',
]);

export const diffCommand: Command = {
  name: 'diff',
  usage: 'k8s-gate diff [paths...] [options]',
  help: `Shows what the change adds, changes and removes in the cluster: a unified diff of the rendered manifests, by chart, kustomization or file and
by environment. Values of Secrets are hidden. A line that begins with ! is a finding at the line above it.

  --base REV            The commit to compare with. Default: HEAD, so that uncommitted changes are shown.
  --engines LIST        Engines whose findings are shown. Default: cel, which needs nothing to be installed.
  --exit-code           Exit with 1 if anything differs.
${flagHelp(flags)}

Exit code: 0 compared (with --exit-code: nothing differs), 1 with --exit-code: something differs, 2 something could not be rendered or compared.`,
  async run(args, context) {
    const { values, positionals } = parseFlags(diffCommand, args, {
      ...parserOptions(flags),
      base: { type: 'string', default: 'HEAD' },
      engines: { type: 'string', default: 'cel' },
      'exit-code': { type: 'boolean', default: false },
    });
    const given = { ...givenOf(values, context), paths: positionals, output: ['diff=-'] };
    const { difference, comparison, errors } = await verdictOf(given, undefined, context);
    for (const { message } of errors) context.ports.log.error(message);
    if (difference === undefined) throw nothingCompared(values.base, comparison);
    if (errors.length > 0 || difference.notCompared.length > 0) return 2;
    return values['exit-code'] && differs(difference) ? 1 : 0;
  },
};

/** Neither side is shown alone: everything would look added. */
export function nothingCompared(base: string, comparison: Comparison | undefined): GateError {
  const reason = comparison?.status === 'unavailable' ? `: ${comparison.reason}` : '';
  return new GateError('RENDER_FAILED', {
    message: `nothing was compared${reason}`,
    expected: `manifests of ${base} and of the work tree that can be rendered`,
    next: 'Fix the errors in the log, or choose another commit with --base. `k8s-gate render` prints the manifests as they are now.',
  });
}
