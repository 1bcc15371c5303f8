import path from 'node:path';
import { isGap } from '../../model/gap.ts';
import { type GateError, toGateError } from '../../model/gate-error.ts';
import { kustomizationNames } from '../../model/paths.ts';
import type { Verdict } from '../../model/verdict.ts';
import { verdictOf } from '../check.ts';
import type { CommandContext } from '../command.ts';
import { type Exclusion, nothing, type Proposals } from './proposals.ts';
import { valuesFor } from './values.ts';

export interface Trial {
  readonly proposals: Proposals;
  /** The last run; undefined if the gate could not be run here. */
  readonly verdict?: Verdict;
  /** Why not, or why it still ends with an error. */
  readonly left: readonly string[];
}

interface Repository {
  readonly workspace: string;
  readonly files: readonly string[];
  readonly environments: readonly string[];
  readonly engines: string;
}

/** Our limit: each run may reveal what an earlier error hid. */
const maxRuns = 6;

/**
 * Runs the gate with a proposed configuration, and adds what it lacks for a run without errors: values for charts, else an exclusion. Writes nothing
 * into the repository.
 * @param textOf The configuration with these proposals.
 */
export async function tryOut(
  repository: Repository,
  textOf: (proposals: Proposals) => string,
  context: CommandContext,
): Promise<Trial> {
  const folder = await context.ports.files.makeTempDir('k8s-gate-init-');
  try {
    const configFile = path.join(folder, 'config.yaml');
    let proposals: Proposals = { ...nothing, exclude: fixtures(repository.files) };
    for (let run = 1; ; run++) {
      await context.ports.files.write(configFile, textOf(proposals));
      const { workspace, engines } = repository;
      const verdict = await verdictOf({ workspace, configFile, engines }, undefined, context, 'none');
      const next = run === maxRuns ? proposals : changed(proposals, verdict, repository);
      if (next === proposals) return { proposals, verdict, left: verdict.errors.map(({ message }) => message) };
      proposals = next;
    }
  } catch (thrown) {
    return { proposals: nothing, left: [toGateError(thrown).message] };
  } finally {
    await context.ports.files.remove(folder);
  }
}

/** Names of folders in which nothing is deployed. `test` is not one of them: it is an environment, too. */
const foldersListed = 3;
const fixtureName = /^(?:testdata|fixtures|__fixtures__|__tests__|e2e)$/;

function fixtures(files: readonly string[]): readonly Exclusion[] {
  const byName = new Map<string, Set<string>>();
  for (const file of files.filter((name) => /\.(?:ya?ml|json)$/.test(name))) {
    const steps = file.split('/').slice(0, -1);
    const at = steps.findIndex((step) => fixtureName.test(step));
    const name = steps[at];
    if (name !== undefined) byName.set(name, (byName.get(name) ?? new Set()).add(`${steps.slice(0, at + 1).join('/')}/**`));
  }
  const globs = [...byName].flatMap(([name, folders]) => (folders.size > foldersListed ? [`**/${name}/**`] : [...folders]));
  return globs.toSorted().map((glob) => ({ glob, because: 'By its name, a folder of tests: nothing in it is deployed.' }));
}

/** The same object if nothing can be added. */
function withErrors(before: Proposals, errors: readonly GateError[], repository: Repository): Proposals {
  let proposals = before;
  for (const error of errors) proposals = withError(proposals, error, repository);
  return proposals;
}

function changed(before: Proposals, verdict: Verdict, repository: Repository): Proposals {
  const next = withErrors(withValues(before, verdict, repository), verdict.errors, repository);
  return next === before && verdict.errors.length === 0 ? withoutUnused(before, verdict, repository) : next;
}

/** An environment by a name that nothing deployed has, such as that of a folder `test`, would warn in each run. */
function withoutUnused(before: Proposals, { findings }: Verdict, { environments }: Repository): Proposals {
  const isUnused = (name: string): boolean =>
    findings.some(({ finding }) => finding.engine === 'gate' && finding.check === `environments.${name}`);
  const needed = before.charts.flatMap(({ releases }) => releases.map(({ environment }) => environment));
  const unused = environments.filter((name) => isUnused(name) && !needed.includes(name));
  return unused.every((name) => before.unused.includes(name)) ? before : { ...before, unused: [...before.unused, ...unused] };
}

/** A chart that needs values does not end the run as an error; it is not evaluated. */
function withValues(before: Proposals, { findings }: Verdict, { files, environments }: Repository): Proposals {
  let charts = before.charts;
  for (const { finding } of findings.filter((judged) => isGap(judged.finding))) {
    const chart = chartOf(finding.locations[0]?.file ?? '', files);
    if (chart === undefined || charts.some((known) => known.path === chart)) continue;
    const values = valuesFor(chart, files, environments, finding.title);
    if (values !== undefined) charts = [...charts, values];
  }
  return charts === before.charts ? before : { ...before, charts };
}

function chartOf(file: string, files: readonly string[]): string | undefined {
  return outermost(file, (folder) => files.includes(path.posix.join(folder, 'Chart.yaml')));
}

function withError(before: Proposals, { code, details }: GateError, { files, environments }: Repository): Proposals {
  // Where what failed was excluded, the repository is not empty.
  if (code === 'NOTHING_TO_JUDGE') {
    const hasFailed = before.exclude.length > fixtures(files).length;
    return before.isEmpty === true || hasFailed ? before : { ...before, isEmpty: true };
  }
  const { file } = details;
  if (file === undefined) return before;
  const chart = chartOf(file, files);
  if (chart !== undefined && !before.charts.some((known) => known.path === chart)) {
    const values = valuesFor(chart, files, environments, details.message);
    if (values !== undefined) return { ...before, charts: [...before.charts, values] };
  }
  const isKustomization = (folder: string) => kustomizationNames.some((name) => files.includes(path.posix.join(folder, name)));
  const unit = chart ?? (isKustomization(file) ? file : undefined);
  const glob = unit !== undefined && unit !== '.' ? `${unit}/**` : files.includes(file) ? file : undefined;
  if (glob === undefined || before.exclude.some((known) => known.glob === glob)) return before;
  const exclude = [...before.exclude, { glob, because: `Cannot be evaluated: ${placed(details)}` }];
  return { ...before, exclude, charts: before.charts.filter((known) => known.path !== chart) };
}

function placed({ file = '', line, message }: GateError['details']): string {
  return `${line === undefined ? file : `${file}:${line}`}: ${message}`;
}

/** Of the folders that a path is or is in, the outermost for which it holds. */
function outermost(file: string, holds: (folder: string) => boolean): string | undefined {
  const steps = file.split('/');
  return steps.map((_step, index) => steps.slice(0, index + 1).join('/')).find(holds);
}
