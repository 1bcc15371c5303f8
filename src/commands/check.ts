import path from 'node:path';
import { createResults } from '../engines/results.ts';
import { runGate } from '../gate.ts';
import type { OutputRequest, RawInputs } from '../inputs/raw-inputs.ts';
import type { Outcome } from '../model/verdict.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { cacheDirOf, createTools } from './tools.ts';

/** The exit codes of the command. Total: a new outcome does not compile without one. */
export const exitCodes: Readonly<Record<Outcome, number>> = { pass: 0, warn: 0, block: 1, error: 2 };

const options = {
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
  mirror: { type: 'string' },
  'require-signatures': { type: 'boolean', default: false },
  tool: { type: 'string', multiple: true, default: [] as string[] },
} as const;

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
  --tool ID=PATH       use this binary: trivy=/usr/bin/trivy, or trivy=/usr/bin/trivy@sha256:HEX to have it checked
  --cache-dir DIR      where engines and databases are kept
  --require-signatures  a downloaded engine must carry its publisher's signature
  --mirror URL         stands in for the publishers' download sites

Exit code: 0 pass or warn, 1 block, 2 error (the gate could not judge).`;

export const checkCommand: Command = {
  name: 'check',
  summary: 'judge manifests, charts and kustomizations',
  usage: 'k8s-gate check [paths...] [options]',
  help,
  async run(args, context) {
    const { values, positionals } = parseFlags(checkCommand, args, options);
    const workspace = path.resolve(context.cwd, values.workspace ?? '.');
    const raw: RawInputs = {
      workspace,
      cores: context.cores,
      paths: positionals.map((given) => path.relative(workspace, path.resolve(context.cwd, given)) || '.'),
      exclude: values.exclude,
      engines: values.engines,
      outputs: outputs(values.output, context.cwd),
      ...(values.config !== undefined && { configFile: path.relative(workspace, path.resolve(context.cwd, values.config)) }),
      publish: [],
      ...(values['only-new'] && { onlyNew: 'true' }),
      ...(values.environment !== undefined && { environment: values.environment }),
      ...(values.severity !== undefined && { severity: values.severity }),
      ...(values.timeout !== undefined && { timeout: values.timeout }),
      ...(values.concurrency !== undefined && { concurrency: values.concurrency }),
      ...(values['allow-empty'] && { expectManifests: 'false' }),
    };
    const baseSha = values.base === undefined ? undefined : await context.ports.git.resolve(workspace, values.base);
    return judge(
      raw,
      {
        tools: values.tool,
        cacheDir: values['cache-dir'],
        mirror: values.mirror,
        signatures: values['require-signatures'] ? 'required' : 'when-there',
      },
      { ...context, ...(baseSha !== undefined && { baseSha }) },
    );
  },
};

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
  readonly mirror: string | undefined;
  readonly signatures: 'required' | 'when-there';
}

async function judge(raw: RawInputs, flags: ToolFlags, context: CommandContext & { readonly baseSha?: string }): Promise<number> {
  const cacheDir = cacheDirOf(flags.cacheDir, context);
  const { tools: given, mirror, signatures } = flags;
  const tools = await createTools({ given, cacheDir, mirror, signatures, auto: raw.engines.trim() === 'auto' }, context);
  const tempDir = await context.ports.files.makeTempDir('k8s-gate-');
  try {
    const { verdict } = await runGate(raw, { ...context, ...tools, results: createResults(), cacheDir, tempDir });
    return exitCodes[verdict.outcome];
  } finally {
    await context.ports.files.remove(tempDir);
  }
}
