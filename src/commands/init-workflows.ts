import { GateError } from '../model/gate-error.ts';

/** A file of examples/workflows with its name below .github/workflows. */
export interface Workflow {
  readonly example: string;
  readonly file: string;
}

export interface Wishes {
  readonly forks: boolean;
  readonly perEnvironment: boolean;
  readonly schedule: boolean;
  readonly environments: readonly string[];
}

export function workflowsFor({ forks, perEnvironment, schedule, environments }: Wishes): readonly Workflow[] {
  if (forks && perEnvironment) throw refused('--forks and --per-environment are mutually exclusive', 'one of the two');
  if (perEnvironment && environments.length === 0)
    throw refused('--per-environment: no environments found', 'folders named production, staging, dev ...');
  const nightly = schedule ? [{ example: 'schedule.yml', file: 'k8s-gate-nightly.yml' }] : [];
  if (forks) {
    const publish = { example: 'forks-publish.yml', file: 'k8s-gate-publish.yml' };
    return [{ example: 'forks-collect.yml', file: 'k8s-gate.yml' }, publish, ...nightly];
  }
  return [{ example: perEnvironment ? 'monorepo-environments.yml' : 'pull-request.yml', file: 'k8s-gate.yml' }, ...nightly];
}

/** The lines of an example that depend on the repository. */
const branchLine = /^( +branches: )\[main\]$/gm;
const environmentLine = /^( +environment: )\["", .*\]$/gm;

/** Puts the default branch and the environments into an example. Environment names are those of `survey`, the branch is checked. */
export function fillIn(
  text: string,
  example: string,
  { branch, environments }: { readonly branch: string; readonly environments: readonly string[] },
): string {
  const list = (names: readonly string[]): string => `[${names.map((name) => JSON.stringify(name)).join(', ')}]`;
  const filled = text
    .replace(branchLine, (_line, key: string) => `${key}${branch === 'main' ? '[main]' : list([branch])}`)
    .replace(environmentLine, (_line, key: string) => `${key}${list(['', ...environments])}`);
  // If a pattern did not match, the workflow would keep another repository's branch and never run.
  const expected = {
    branch: !/^(schedule|forks-publish)\.yml$/.test(example),
    environment: example === 'monorepo-environments.yml',
  };
  if (text.search(branchLine) >= 0 !== expected.branch || text.search(environmentLine) >= 0 !== expected.environment) {
    throw new GateError('INTERNAL', { message: `${example} does not have the lines that init fills in` });
  }
  return filled;
}

const refused = (message: string, expected: string): GateError => new GateError('INPUT_INVALID', { message, expected });
