import path from 'node:path';
import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import { givenFlags } from '../inputs/options/given.ts';
import { inParallel } from '../model/concurrency.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { policyTestRunners } from './policy-tests/registry.ts';
import type { CaseResult, PolicyTestRunner, TestFile } from './policy-tests/runner.ts';
import { cacheDirOf, openToolchain, toolSettings } from './tools.ts';

const flags = flagsOf('check', ['tool', 'cache-dir', 'mirror', 'require-signatures']);

const help = `test [path]             Run the policy tests in a file or folder (default: the current folder): suites of Gatekeeper (suite.yaml), as
                        \`gator verify\` does, and kyverno-test.yaml, as \`kyverno test\` does.

${flagHelp(flags)}

Exit code: 0 all passed, 1 a test failed, 2 there are no tests, or an engine could not run them.`;

export const policiesCommand: Command = {
  name: 'policies',
  usage: 'k8s-gate policies test [path] [options]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(policiesCommand, args, parserOptions(flags));
    const [verb, target = '.', ...rest] = positionals;
    if (verb !== 'test' || rest.length > 0) {
      throw new GateError('INPUT_INVALID', { message: 'policies: no action given', expected: 'k8s-gate policies test [path]' });
    }
    const given = givenFlags(values, (file) => path.resolve(context.cwd, file));
    const toolchain = await openToolchain(toolSettings(given, cacheDirOf(given.cacheDir, context)), context);
    const files = await testsIn(path.resolve(context.cwd, target), context);
    const results = await inParallel(Math.min(context.cores, maxProcesses), files, async ({ runner, file }): Promise<Ran> => {
      const tool = await toolchain.lazily()(runner.tool);
      try {
        return { runner, file, cases: await runner.run(file, tool, context) };
      } catch (thrown) {
        return { runner, file, cases: [], error: toGateError(thrown) };
      }
    });
    context.stdout(report(results));
    if (results.some(({ error }) => error !== undefined)) return 2;
    return results.some(({ cases }) => cases.some(({ status }) => status === 'failed')) ? 1 : 0;
  },
};

const maxProcesses = 4;

interface Found {
  readonly runner: PolicyTestRunner;
  readonly file: TestFile;
}
interface Ran extends Found {
  readonly cases: readonly CaseResult[];
  readonly error?: GateError;
}

async function testsIn(target: string, { ports: { files } }: Pick<CommandContext, 'ports'>): Promise<readonly Found[]> {
  const isFile = /\.ya?ml$/i.test(target);
  const root = isFile ? path.dirname(target) : target;
  const names = isFile
    ? [path.basename(target)]
    : (await files.walk(root, isLeftOut)).flatMap(({ path: name, kind }) => (kind === 'file' ? [name] : []));
  const found: Found[] = [];
  for (const name of names.filter((one) => /\.ya?ml$/i.test(one)).toSorted()) {
    const file = { root, path: name, text: await files.readText(path.join(root, name)) };
    found.push(...policyTestRunners.filter((runner) => runner.isTest(file)).map((runner) => ({ runner, file })));
  }
  if (found.length > 0) return found;
  throw new GateError('NOTHING_TO_JUDGE', {
    message: `there are no policy tests in ${target}`,
    expected: 'a Suite of test.gatekeeper.sh, or a Test of cli.kyverno.io',
    next: 'See docs/gatekeeper.md and docs/policies-own.md for examples.',
  });
}

function isLeftOut(folder: string): boolean {
  return ['.git', 'node_modules'].includes(path.basename(folder));
}

const words: Readonly<Record<CaseResult['status'], string>> = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' };

function report(results: readonly Ran[]): string {
  const lines = results.flatMap(({ runner, file, cases, error }) => [
    `${file.path} (${runner.title})`,
    ...(error === undefined ? [] : [`  error ${printable(error.message)}`]),
    ...cases.flatMap(({ name, status, detail }) => [
      `  ${words[status]}  ${printable(name)}`,
      ...(detail === undefined ? [] : [`        ${printable(detail).slice(0, 1_000)}`]),
    ]),
  ]);
  const all = results.flatMap(({ cases }) => cases);
  const count = (status: CaseResult['status']) => all.filter((one) => one.status === status).length;
  const sum = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped in ${results.length} file(s)`;
  const broken = results.filter(({ error }) => error !== undefined).length;
  return `${[...lines, '', broken === 0 ? sum : `${sum}; ${broken} of them could not be run`].join('\n')}\n`;
}

/** Names and messages come from files: nothing that a terminal acts on. */
function printable(text: string): string {
  return text.replace(/[^ -~\u00a0-\uffff]/g, '?');
}
