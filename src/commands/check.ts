import path from 'node:path';
import { flagHelp, flagsOf, parserOptions } from '../inputs/options/flags.ts';
import { givenFlags } from '../inputs/options/given.ts';
import type { Given } from '../inputs/options/table.ts';
import type { OutputRequest, RawInputs } from '../inputs/raw-inputs.ts';
import type { RawScale } from '../inputs/shard.ts';
import { GateError } from '../model/gate-error.ts';
import type { Outcome, Verdict } from '../model/verdict.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';

/** The exit codes of the command. Total: a new outcome does not compile without one. */
export const exitCodes: Readonly<Record<Outcome, number>> = { pass: 0, warn: 0, block: 1, error: 2 };

export const checkCommand: Command = {
  name: 'check',
  usage: 'k8s-gate check [paths...] [options]',
  help: `Checks the manifests, charts and kustomizations of this folder, or only those at the given paths.

${flagHelp(flagsOf('check'))}

Examples:
  k8s-gate check                                  Everything in this folder.
  k8s-gate check --base origin/main --only-new    Only what this branch adds.
  k8s-gate check deploy/ --engines cel            One folder, without installing anything.
  k8s-gate check --show allowed                   Also list what the severity policy allows.
  k8s-gate check -o sarif=out.sarif -o html       Write reports in addition to the terminal.
  k8s-gate check --fix                            Apply suggested fixes first.

Exit code: 0 pass or warn, 1 block, 2 error (the gate could not reach a verdict).`,
  async run(args, context) {
    const { given, positionals } = readFlags('check', args, context);
    const scale = shardOf(given);
    if (given.fix === true) return checkAndFix({ ...given, paths: positionals }, scale, context);
    if (given.dryRun === true) throw needs('--dry-run', '--fix');
    return judge({ ...given, paths: positionals }, scale, context);
  },
};

/** What the command line asks for. Throws GateError INPUT_INVALID. */
export function readFlags(
  name: 'check' | 'merge',
  args: readonly string[],
  { cwd }: Pick<CommandContext, 'cwd'>,
): { readonly given: Given; readonly positionals: readonly string[] } {
  const { values, positionals } = parseFlags({ name }, args, parserOptions(flagsOf(name)));
  return { given: givenOf(values, { cwd }), positionals };
}

/** Files are relative to the current folder. */
export function givenOf(values: Parameters<typeof givenFlags>[0], { cwd }: Pick<CommandContext, 'cwd'>): Given {
  return givenFlags(values, (file) => path.resolve(cwd, file));
}

function shardOf({ shard, shardReport }: Given): RawScale | undefined {
  if (shard === undefined && shardReport === undefined) return undefined;
  if (shard !== undefined && shardReport !== undefined) return { kind: 'shard', shard, report: shardReport };
  throw new GateError('INPUT_INVALID', {
    message: shard === undefined ? '--shard-report needs --shard' : '--shard needs --shard-report',
    expected: '--shard 2/8 --shard-report shard-2.json',
    next: 'Pass the reports of all shards to `k8s-gate merge`.',
  });
}

/** Fixes what has a suggestion, then reports what is left. */
async function checkAndFix(given: Given, scale: RawScale | undefined, context: CommandContext): Promise<number> {
  if (scale !== undefined)
    throw new GateError('INPUT_INVALID', { message: '--fix cannot be combined with --shard', next: 'Leave one of them out.' });
  const { fix } = await import('./fix/fix.ts');
  const toStdout = (given.output ?? []).some((output) => output.endsWith('=-'));
  const print = toStdout ? (text: string) => context.ports.log.info(text) : context.stdout;
  await fix({ given, wanted: { all: false, rules: [] }, judge: silentVerdict }, context, print);
  return judge(given, undefined, context);
}

function needs(flag: string, needed: string): GateError {
  return new GateError('INPUT_INVALID', { message: `${flag} needs ${needed}`, next: `Add ${needed}, or leave ${flag} out.` });
}

/** One run of the gate without any report. */
export function silentVerdict(given: Given, context: CommandContext): Promise<Verdict> {
  return verdictOf(given, undefined, context, 'none');
}

/** One run of the gate; gives its exit code. */
export async function judge(given: Given, scale: RawScale | undefined, context: CommandContext): Promise<number> {
  return exitCodes[(await verdictOf(given, scale, context)).outcome];
}

/** One run of the gate, with its reports, or without any. */
export async function verdictOf(
  given: Given,
  scale: RawScale | undefined,
  context: CommandContext,
  reports: 'reports' | 'none' = 'reports',
): Promise<Verdict> {
  if (given.onlyNew === true && given.base === undefined) throw nothingToCompare();
  const outputs = reports === 'none' ? [] : outputsOf(given.output ?? [], context.cwd);
  await requireFolder(given, context);
  const raw = { ...rawInputs(given, context), outputs, ...(scale !== undefined && { scale }) };
  const baseSha = given.base === undefined ? undefined : await context.ports.git.resolve(raw.workspace, given.base);
  const terminal = { ...context.terminal, showAllowed: showsAllowed(given) };
  return runWith(raw, given, { ...context, terminal, ...(baseSha !== undefined && { baseSha }) });
}

/** Git and a search for manifests would only find none. */
async function requireFolder({ workspace }: Given, { ports }: Pick<CommandContext, 'ports'>): Promise<void> {
  const stat = workspace === undefined ? undefined : await ports.files.stat(workspace);
  if (workspace === undefined || stat?.kind === 'folder') return;
  throw new GateError('INPUT_INVALID', {
    message: `workspace: ${workspace} ${stat === undefined ? 'does not exist' : `is a ${stat.kind}`}`,
    expected: 'a folder',
  });
}

/** For a run in the current folder, without a report. */
export function rawInputs(given: Given, { cwd, cores }: Pick<CommandContext, 'cwd' | 'cores'>): RawInputs {
  const workspace = given.workspace ?? path.resolve(cwd);
  const inWorkspace = (file: string): string => path.relative(workspace, path.resolve(cwd, file)) || '.';
  const { configFile, paths = [], output: _reports, ...asked } = given;
  return {
    ...asked,
    workspace,
    cores,
    paths: paths.map(inWorkspace),
    ...(configFile !== undefined && { configFile: inWorkspace(configFile) }),
    outputs: [],
    publish: [],
  };
}

function showsAllowed({ show }: Given): boolean {
  if (show === undefined || show === 'allowed') return show === 'allowed';
  throw new GateError('INPUT_INVALID', { message: `--show: unknown value \`${show}\``, expected: '`allowed`' });
}

/** Without a base everything counts as new, which is not what was asked for. */
function nothingToCompare(): GateError {
  return new GateError('INPUT_INVALID', {
    message: '--only-new needs --base: without it every finding counts as new',
    expected: 'the commit that this is to be merged into, such as --base origin/main',
    next: 'Add --base, or leave --only-new out.',
  });
}

/** `sarif`, `sarif=out.sarif`, `json=-`. The terminal report goes to stdout unless another report was sent there. */
function outputsOf(given: readonly string[], cwd: string): readonly OutputRequest[] {
  const requests = given.map((output): OutputRequest => {
    const [id = '', ...rest] = output.split('=');
    const target = rest.join('=');
    if (target === '') return { id };
    return { id, destination: target === '-' ? { kind: 'stdout' } : { kind: 'file', path: path.resolve(cwd, target) } };
  });
  return requests.some((request) => request.destination?.kind === 'stdout') ? requests : [{ id: 'terminal' }, ...requests];
}

/** The code of the gate is loaded here: `--help` and mistakes in flags need none of it. */
async function runWith(raw: RawInputs, given: Given, context: CommandContext & { readonly baseSha?: string }): Promise<Verdict> {
  const [{ runGate }, { createResults }, { cacheDirOf, createTools, toolSettings }] = await Promise.all([
    import('../gate.ts'),
    import('../engines/results.ts'),
    import('./tools.ts'),
  ]);
  const cacheDir = cacheDirOf(given.cacheDir, context);
  const tools = await createTools({ ...toolSettings(given, cacheDir), auto: raw.engines?.trim() === 'auto' }, context);
  const store = given.noCache === true ? undefined : await context.openResults(cacheDir);
  const tempDir = await context.ports.files.makeTempDir('k8s-gate-');
  try {
    const results = store?.results ?? createResults();
    const { verdict } = await runGate(raw, { ...context, ...gitLabSite(context.env), ...tools, results, cacheDir, tempDir });
    await store?.save();
    return verdict;
  } finally {
    await context.ports.files.remove(tempDir);
  }
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
function gitLabSite({ CI_PROJECT_URL: project = '', CI_COMMIT_SHA: sha = '', CI_JOB_URL: job }: CommandContext['env']) {
  const site = { project, sha, ...(job !== undefined && { job }) };
  return URL.canParse(project) && /^[0-9a-f]{40,64}$/.test(sha) ? { site } : {};
}
