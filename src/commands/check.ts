import path from 'node:path';
import { createResults } from '../engines/results.ts';
import { runGate } from '../gate.ts';
import type { OutputRequest, RawInputs } from '../inputs/raw-inputs.ts';
import type { RawScale } from '../inputs/shard.ts';
import { GateError } from '../model/gate-error.ts';
import type { Outcome } from '../model/verdict.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { cacheDirOf, createTools } from './tools.ts';

/** The exit codes of the command. Total: a new outcome does not compile without one. */
export const exitCodes: Readonly<Record<Outcome, number>> = { pass: 0, warn: 0, block: 1, error: 2 };

/** What `check` and `merge` have in common. */
export const judgeOptions = {
  workspace: { type: 'string' },
  config: { type: 'string' },
  engines: { type: 'string', default: 'auto' },
  exclude: { type: 'string', multiple: true, default: [] as string[] },
  severity: { type: 'string' },
  base: { type: 'string' },
  'only-new': { type: 'boolean', default: false },
  environment: { type: 'string' },
  timeout: { type: 'string' },
  concurrency: { type: 'string' },
  'allow-empty': { type: 'boolean', default: false },
  output: { type: 'string', multiple: true, short: 'o', default: [] as string[] },
  'cache-dir': { type: 'string' },
  'no-cache': { type: 'boolean', default: false },
  mirror: { type: 'string' },
  'require-signatures': { type: 'boolean', default: false },
  tool: { type: 'string', multiple: true, default: [] as string[] },
} as const;

const options = { ...judgeOptions, shard: { type: 'string' }, 'shard-report': { type: 'string' } } as const;

const help = `Judges the manifests, charts and kustomizations of this folder, or only those at the given paths.

  --workspace DIR      the repository to judge (default: the current folder)
  --config FILE        configuration (default: .k8s-gate.yaml of the workspace)
  --engines LIST       auto    cel always, others if found or installable within a minute; what did not run is said (default)
                       strict  every engine that applies; one that can't run makes the verdict error
                       cel,trivy,...  exactly these, strictly
  --exclude GLOB       leave out; may be repeated
  --severity POLICY    tighten the severity policy: high=block,unknown=block
  --base REF           the commit this is to be merged into (origin/main): configuration, policies and waivers are read there, and new
                       findings are told from old
  --only-new           with --base: only new findings block or warn
  --environment NAME   only what belongs to this environment, and what belongs to none
  --output ID[=FILE]   write a report: json, sarif, html, junit, policy-report, job-summary; FILE \`-\` is stdout instead of the
                       terminal report; may be repeated
  --timeout TIME       the longest one engine may take, such as 90s or 10m (default 10m)
  --concurrency N      engines that run at the same time
  --allow-empty        finding no manifest at all is fine
  --shard I/N          judge one of N parts only, such as 2/8; \`k8s-gate merge\` makes one verdict of all parts
  --shard-report FILE  with --shard: where the part's report for the merge is written
  --tool ID=PATH       use this binary: trivy=/usr/bin/trivy, or trivy=/usr/bin/trivy@sha256:HEX to have it checked
  --cache-dir DIR      where engines, databases and results are kept
  --no-cache           judge everything anew, whatever earlier runs found
  --require-signatures  a downloaded engine must carry its publisher's signature
  --mirror URL         stands in for the publishers' download sites

Exit code: 0 pass or warn, 1 block, 2 error (the gate could not judge).`;

export const checkCommand: Command = {
  name: 'check',
  usage: 'k8s-gate check [paths...] [options]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(checkCommand, args, options);
    const scale = shardOf(values.shard, values['shard-report'], context.cwd);
    return judge(values, { paths: positionals, ...(scale !== undefined && { scale }) }, context);
  },
};

function shardOf(shard: string | undefined, report: string | undefined, cwd: string): RawScale | undefined {
  if (shard === undefined && report === undefined) return undefined;
  if (shard !== undefined && report !== undefined) return { kind: 'shard', shard, report: path.resolve(cwd, report) };
  throw new GateError('INPUT_INVALID', {
    message: shard === undefined ? '--shard-report needs --shard' : '--shard needs --shard-report',
    expected: '--shard 2/8 --shard-report shard-2.json',
    next: 'Hand the reports of all shards to `k8s-gate merge`.',
  });
}

type JudgeValues = ReturnType<typeof parseFlags<typeof judgeOptions>>['values'];

/** One run of the gate, of what the flags and the rest of the command line ask for. */
export async function judge(
  values: JudgeValues,
  { paths, scale }: { readonly paths: readonly string[]; readonly scale?: RawScale },
  context: CommandContext,
): Promise<number> {
  const workspace = path.resolve(context.cwd, values.workspace ?? '.');
  if (values['only-new'] && values.base === undefined) throw nothingToCompare();
  const raw: RawInputs = {
    workspace,
    cores: context.cores,
    paths: paths.map((given) => path.relative(workspace, path.resolve(context.cwd, given)) || '.'),
    exclude: values.exclude,
    engines: values.engines,
    outputs: outputs(values.output, context.cwd),
    ...(values.config !== undefined && { configFile: path.relative(workspace, path.resolve(context.cwd, values.config)) }),
    publish: [],
    ...(scale !== undefined && { scale }),
    ...(values['only-new'] && { onlyNew: 'true' }),
    ...(values.environment !== undefined && { environment: values.environment }),
    ...(values.severity !== undefined && { severity: values.severity }),
    ...(values.timeout !== undefined && { timeout: values.timeout }),
    ...(values.concurrency !== undefined && { concurrency: values.concurrency }),
    ...(values['allow-empty'] && { expectManifests: 'false' }),
  };
  const baseSha = values.base === undefined ? undefined : await context.ports.git.resolve(workspace, values.base);
  const flags: ToolFlags = {
    tools: values.tool,
    cacheDir: values['cache-dir'],
    reuse: !values['no-cache'],
    mirror: values.mirror,
    signatures: values['require-signatures'] ? 'required' : 'when-there',
  };
  return runWith(raw, flags, { ...context, ...(baseSha !== undefined && { baseSha }) });
}

/** Without a base everything counts as new, which is not what was asked for. */
function nothingToCompare(): GateError {
  return new GateError('INPUT_INVALID', {
    message: '--only-new needs --base: without it nothing is known to be old',
    expected: 'the commit that this is to be merged into, such as --base origin/main',
    next: 'Add --base, or leave --only-new out.',
  });
}

/** `sarif`, `sarif=out.sarif`, `json=-`. The terminal report goes to stdout unless another report was sent there. */
function outputs(given: readonly string[], cwd: string): readonly OutputRequest[] {
  const requests = given.map((output): OutputRequest => {
    const [id = '', ...rest] = output.split('=');
    const target = rest.join('=');
    if (target === '') return { id };
    return { id, destination: target === '-' ? { kind: 'stdout' } : { kind: 'file', path: path.resolve(cwd, target) } };
  });
  return requests.some((request) => request.destination?.kind === 'stdout') ? requests : [{ id: 'terminal' }, ...requests];
}

interface ToolFlags {
  readonly tools: readonly string[];
  readonly cacheDir: string | undefined;
  readonly reuse: boolean;
  readonly mirror: string | undefined;
  readonly signatures: 'required' | 'when-there';
}

async function runWith(
  raw: RawInputs,
  flags: ToolFlags,
  context: CommandContext & { readonly baseSha?: string },
): Promise<number> {
  const cacheDir = cacheDirOf(flags.cacheDir, context);
  const { tools: given, mirror, signatures } = flags;
  const tools = await createTools({ given, cacheDir, mirror, signatures, auto: raw.engines.trim() === 'auto' }, context);
  const store = flags.reuse ? await context.openResults(cacheDir) : undefined;
  const tempDir = await context.ports.files.makeTempDir('k8s-gate-');
  try {
    const results = store?.results ?? createResults();
    const { verdict } = await runGate(raw, { ...context, ...tools, results, cacheDir, tempDir });
    await store?.save();
    return exitCodes[verdict.outcome];
  } finally {
    await context.ports.files.remove(tempDir);
  }
}
