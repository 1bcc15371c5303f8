import path from 'node:path';
import { configFileName } from '../inputs/inputs.ts';
import { GateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { configText, survey } from './init-survey.ts';
import { fillIn, type Workflow, workflowsFor } from './init-workflows.ts';

const options = {
  workspace: { type: 'string' },
  branch: { type: 'string' },
  forks: { type: 'boolean', default: false },
  'per-environment': { type: 'boolean', default: false },
  schedule: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
} as const;

const help = `Writes ${configFileName} and workflows below .github/workflows, fitted to what stands in the folder: environments
found in names of folders and values files, the charts there are, the default branch. Files that exist are left alone.
Each workflow is one of k8s-gate's examples/workflows, filled in; docs/workflows.md says what each one is for.

  --workspace DIR    the repository (default: the current folder)
  --branch NAME      the default branch (default: what the clone knows of origin, else main)
  --forks            for a repository that takes pull requests from forks: one workflow judges with a read-only token,
                     another publishes its report
  --per-environment  one job for each environment instead of one for all
  --schedule         judge the default branch each night, too
  --force            overwrite`;

export const initCommand: Command = {
  name: 'init',
  usage: 'k8s-gate init [options]',
  help,
  async run(args, context) {
    const { values } = parseFlags(initCommand, args, options);
    const workspace = path.resolve(context.cwd, values.workspace ?? '.');
    const findings = await survey(workspace, context.ports.files);
    const branch = checkedBranch(values.branch ?? (await defaultBranch(workspace, context)));
    const environments = [...findings.environments.keys()];
    const workflows = workflowsFor({ ...values, perEnvironment: values['per-environment'], environments });
    // All texts before the first file: a failure leaves nothing half done.
    const files = [
      { file: path.join(workspace, configFileName), text: configText(findings) },
      ...(await Promise.all(workflows.map((workflow) => workflowFile(workflow, { workspace, branch, environments }, context)))),
    ];
    await writeAll(files, values.force, context);
    context.stdout(
      `The workflows are for the branch ${branch}${values.branch === undefined ? ' (--branch NAME for another)' : ''}.\n`,
    );
    context.stdout('Next: k8s-gate check, then pin org/k8s-gate by commit SHA and make the job `gate` a required check.\n');
    return 0;
  },
};

interface TextFile {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

async function workflowFile(
  { example, file }: Workflow,
  facts: { readonly workspace: string; readonly branch: string; readonly environments: readonly string[] },
  { ports, gateRoot }: CommandContext,
): Promise<TextFile> {
  const text = await ports.files.readText(path.join(gateRoot, 'examples', 'workflows', example));
  return { file: path.join(facts.workspace, '.github', 'workflows', file), text: fillIn(text, example, facts) };
}

/** What `git clone` noted of origin: https://git-scm.com/docs/git-remote (set-head). A worktree or a bare clone has not got it here. */
async function defaultBranch(workspace: string, { ports }: CommandContext): Promise<string> {
  const file = path.join(workspace, '.git', 'refs', 'remotes', 'origin', 'HEAD');
  if ((await ports.files.stat(file))?.kind !== 'file') return 'main';
  return /^ref: refs\/remotes\/origin\/(\S+)\s*$/.exec(await ports.files.readText(file))?.[1] ?? 'main';
}

/** `branches:` takes patterns and the text is YAML: names that mean something in either are refused, git allows them. */
function checkedBranch(name: string): string {
  if (/^[A-Za-z0-9][\w./-]*$/.test(name)) return name;
  throw new GateError('INPUT_INVALID', {
    message: `can't write a workflow for the branch ${JSON.stringify(name)}`,
    expected: 'a name of letters, digits and . _ / -',
    next: 'Name the default branch: --branch NAME.',
  });
}

async function writeAll(files: readonly TextFile[], force: boolean, { cwd, ports, stdout }: CommandContext): Promise<void> {
  const present = await Promise.all(files.map(async ({ file }) => !force && (await ports.files.stat(file)) !== undefined));
  const names = files.map(({ file }) => path.relative(cwd, file));
  if (present.every(Boolean)) {
    throw new GateError('INPUT_INVALID', {
      message: `nothing to write: ${names.join(', ')} ${names.length === 1 ? 'exists' : 'exist'} already`,
      expected: 'at least one of them absent',
      next: 'Use --force to overwrite them.',
    });
  }
  for (const [index, { file, text }] of files.entries()) {
    if (present[index] === true) {
      stdout(`left ${names[index]} as it is (--force overwrites it)\n`);
      continue;
    }
    await ports.files.write(file, text);
    stdout(`wrote ${names[index]}\n`);
  }
}
