import path from 'node:path';
import { configFileName } from '../inputs/inputs.ts';
import { GateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';

const options = { workspace: { type: 'string' }, force: { type: 'boolean', default: false } } as const;
const workflowFile = '.github/workflows/k8s-gate.yml';

const help = `Writes ${configFileName} and ${workflowFile}, fitted to what stands in the folder: environments found in overlay
and values file names, and the charts there are. Never overwrites a file unless --force is given.

  --workspace DIR   the repository (default: the current folder)
  --force           overwrite`;

export const initCommand: Command = {
  name: 'init',
  summary: 'write a configuration and a workflow for this repository',
  usage: 'k8s-gate init [options]',
  help,
  async run(args, context) {
    const { values } = parseFlags(initCommand, args, options);
    const workspace = path.resolve(context.cwd, values.workspace ?? '.');
    const findings = await survey(workspace, context);
    const written = [
      await writeOnce(path.join(workspace, configFileName), configText(findings), values.force, context),
      await writeOnce(path.join(workspace, workflowFile), workflowText(context.gateVersion), values.force, context),
    ];
    context.stdout(`${written.map((file) => `wrote ${path.relative(context.cwd, file)}`).join('\n')}\nNext: k8s-gate check\n`);
    return 0;
  },
};

interface Survey {
  /** Environment name -> globs of its overlays. */
  readonly environments: ReadonlyMap<string, readonly string[]>;
  readonly hasCharts: boolean;
}

const environmentNames = ['production', 'prod', 'staging', 'stage', 'development', 'dev', 'test', 'qa'];

async function survey(workspace: string, context: CommandContext): Promise<Survey> {
  const files = await context.ports.files.walk(workspace, (folder) =>
    ['.git', 'node_modules'].includes(path.posix.basename(folder)),
  );
  const environments = new Map<string, Set<string>>();
  for (const { path: file } of files) {
    const folder = path.posix.dirname(file);
    const name = environmentNames.find((candidate) => folder.split('/').includes(candidate));
    if (name === undefined || !/\.ya?ml$/.test(file)) continue;
    const glob = `${folder.slice(0, folder.split('/').indexOf(name) === 0 ? name.length : folder.indexOf(`/${name}`) + name.length + 1)}/**`;
    environments.set(name, (environments.get(name) ?? new Set()).add(glob));
  }
  return {
    environments: new Map([...environments].map(([name, globs]) => [name, [...globs].toSorted()])),
    hasCharts: files.some((file) => path.posix.basename(file.path) === 'Chart.yaml'),
  };
}

function configText({ environments, hasCharts }: Survey): string {
  const strict = (name: string): boolean => name.startsWith('prod');
  const environmentLines = [...environments].flatMap(([name, globs]) => [
    `  ${name}:`,
    `    paths: [${globs.map((glob) => JSON.stringify(glob)).join(', ')}]`,
    ...(strict(name) ? ['    severity:', '      high: block # an environment may only tighten the policy above'] : []),
  ]);
  return [
    '# The policy of k8s-gate for this repository. Every key: docs/configuration.md',
    'version: 1',
    'severity:',
    '  critical: block',
    '  high: warn',
    '  medium: allow',
    '  low: allow',
    '  unknown: warn',
    ...(environmentLines.length > 0 ? ['environments:', ...environmentLines] : []),
    ...(hasCharts
      ? [
          '# Charts are rendered with their values.yaml; `values-<environment>.yaml` files are found by name.',
          '# Anything else: helm.charts.',
        ]
      : []),
    '',
  ].join('\n');
}

function workflowText(version: string): string {
  return `# The required check: make the job \`gate\` required in the branch's ruleset.
name: k8s-gate
on:
  pull_request:
  merge_group:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      # Pin it to a full commit SHA of the release you reviewed (written by k8s-gate ${version}).
      - uses: org/k8s-gate@v1
`;
}

async function writeOnce(file: string, text: string, force: boolean, context: CommandContext): Promise<string> {
  if (!force && (await context.ports.files.stat(file)) !== undefined) {
    throw new GateError('INPUT_INVALID', {
      file: path.relative(context.cwd, file),
      message: 'exists already',
      expected: 'no such file',
      next: 'Use --force to overwrite it.',
    });
  }
  await context.ports.files.write(file, text);
  return file;
}
