import path from 'node:path';
import { configFileName } from '../inputs/inputs.ts';
import { GateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { decided, summary } from './init/answers.ts';
import type { Proposals } from './init/proposals.ts';
import { tryOut } from './init/trial.ts';
import { configText, type Survey, survey } from './init-survey.ts';
import { fillIn, type Workflow, workflowsFor } from './init-workflows.ts';

const options = {
  workspace: { type: 'string' },
  branch: { type: 'string' },
  forks: { type: 'boolean', default: false },
  'per-environment': { type: 'boolean', default: false },
  schedule: { type: 'boolean', default: false },
  engines: { type: 'string', default: 'cel,schema' },
  'no-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
} as const;

const help = `Writes ${configFileName} and workflows below .github/workflows, based on the repository: environments in names of folders
and values files and in what Applications and HelmReleases deploy, its charts, and the default branch. It runs the gate once and adds what the first run needs, with
a comment that explains each: values files of charts, and exclusions of files that cannot be evaluated. If findings block, it asks whether existing ones
should block. Existing files are not changed. See docs/workflows.md.

  --workspace DIR    the repository (default: the current folder)
  --branch NAME      the default branch (default: that of origin in the clone, or main)
  --forks            for a repository with pull requests from forks: one workflow runs the gate with a read-only token,
                     another publishes its report
  --per-environment  one job for each environment instead of one for all
  --schedule         also run on the default branch each night
  --engines LIST     engines of the run (default: cel,schema, which need no installation)
  --no-run           do not run the gate; only look at file names
  --yes              do not ask: only new findings block
  --force            overwrite existing files

Exit code: 0 written, or everything exists already; 2 otherwise.`;

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
    const configFile = path.join(workspace, configFileName);
    const isConfigured = !values.force && (await context.ports.files.stat(configFile)) !== undefined;
    const textOf = (proposals: Proposals): string =>
      configText({ ...findings, environments: used(findings, proposals) }, proposals);
    const repository = { workspace, files: findings.files, environments, engines: values.engines };
    const trial = isConfigured || values['no-run'] ? undefined : await tryOut(repository, textOf, context);
    const proposals = await decided(trial, values.yes, context);
    const left = [...used(findings, proposals).keys()];
    // All texts before the first file, so that a failure writes nothing.
    const files = [
      { file: configFile, text: textOf(proposals) },
      ...(await Promise.all(
        workflows.map((workflow) => workflowFile(workflow, { workspace, branch, environments: left }, context)),
      )),
    ];
    if (!(await writeAll(files, values.force, context))) return 0;
    context.stdout(
      `The workflows are for the branch ${branch}${values.branch === undefined ? ' (--branch NAME for another)' : ''}.\n`,
    );
    if (trial !== undefined) context.stdout(summary(trial, proposals));
    context.stdout(nextSteps);
    return 0;
  },
};

const nextSteps = `Next:
  1. Review ${configFileName}, and pin org/k8s-gate in the workflow to the commit SHA of a release.
  2. Merge both in a pull request that changes nothing else.
  3. Make the job \`gate\` a required check.
`;

function used({ environments }: Survey, { unused }: Proposals): Survey['environments'] {
  return new Map([...environments].filter(([name]) => !unused.includes(name)));
}

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

/** The default branch of origin as recorded by `git clone`: https://git-scm.com/docs/git-remote (set-head). Not available here in a worktree or a bare clone. */
async function defaultBranch(workspace: string, { ports }: CommandContext): Promise<string> {
  const file = path.join(workspace, '.git', 'refs', 'remotes', 'origin', 'HEAD');
  if ((await ports.files.stat(file))?.kind !== 'file') return 'main';
  return /^ref: refs\/remotes\/origin\/(\S+)\s*$/.exec(await ports.files.readText(file))?.[1] ?? 'main';
}

/** `branches:` contains patterns and the file is YAML: names with special characters in either are refused, although git allows them. */
function checkedBranch(name: string): string {
  if (/^[A-Za-z0-9][\w./-]*$/.test(name)) return name;
  throw new GateError('INPUT_INVALID', {
    message: `cannot write a workflow for the branch ${JSON.stringify(name)}`,
    expected: 'a name of letters, digits and . _ / -',
    next: 'Set the default branch with --branch NAME.',
  });
}

/** Whether anything was written. */
async function writeAll(files: readonly TextFile[], force: boolean, { cwd, ports, stdout }: CommandContext): Promise<boolean> {
  const present = await Promise.all(files.map(async ({ file }) => !force && (await ports.files.stat(file)) !== undefined));
  const names = files.map(({ file }) => path.relative(cwd, file));
  for (const [index, { file, text }] of files.entries()) {
    if (present[index] === true) {
      stdout(`${names[index]} exists and was not changed (--force overwrites it)\n`);
      continue;
    }
    await ports.files.write(file, text);
    stdout(`wrote ${names[index]}\n`);
  }
  if (present.every(Boolean)) stdout('Nothing to write: everything exists.\n');
  return !present.every(Boolean);
}
