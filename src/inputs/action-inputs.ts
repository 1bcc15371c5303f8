import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { readScale } from './action-scale.ts';
import { type GateMode, gateModes } from './event-safety.ts';
import { parseBoolean } from './inputs.ts';
import { lines } from './lines.ts';
import type { OutputRequest, RawInputs } from './raw-inputs.ts';
import type { RawScale } from './shard.ts';

/** The action's inputs (action.yml) as text of known shape. Nothing past main.ts reads the runner's environment. */
export interface ActionInputs {
  readonly workspace: string;
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly config: string;
  readonly name: string;
  readonly environment: string;
  readonly mode: GateMode;
  /** Of this job, for the reports to GitHub; empty: none of them. */
  readonly token: string;
  readonly compare: string;
  readonly onlyNew: string;
  /** Ids of the reports to GitHub that are wanted. */
  readonly publish: readonly string[];
  /** A collected report to publish; absolute, empty outside `mode: publish`. */
  readonly report: string;
  readonly html: string;
  readonly engines: string;
  readonly severity: string;
  readonly timeout: string;
  readonly concurrency: string;
  readonly expectManifests: string;
  /** Absolute. */
  readonly reportJson: string;
  readonly sarif: string;
  readonly junit: string;
  readonly policyReport: string;
  readonly annotations: boolean;
  /** Path of the runner's summary file; empty where it is off or the runner has none. */
  readonly summaryFile: string;
  readonly cacheDir: string;
  /** Tells the results that this repository's gate kept from those of somebody else; empty: none are kept. */
  readonly cacheSecret: string;
  readonly mirror: string | undefined;
  readonly tools: readonly string[];
  /** Absent: all of the work is this run's. */
  readonly scale?: RawScale;
  /** Whether an engine that is downloaded must carry its publisher's signature. */
  readonly signatures: 'required' | 'when-there';
}

type RunnerEnvironment = Readonly<Record<string, string | undefined>>;

export function readActionInputs(input: (name: string) => string, env: RunnerEnvironment): ActionInputs {
  const jobWorkspace = env.GITHUB_WORKSPACE ?? '';
  const temp = env.RUNNER_TEMP ?? '';
  if (jobWorkspace === '' || temp === '') {
    throw new GateError('INPUT_INVALID', {
      message: 'GITHUB_WORKSPACE or RUNNER_TEMP is not set',
      expected: 'to run as a step of a GitHub Actions job',
      next: 'Anywhere else use the command: k8s-gate check.',
    });
  }
  const workspace = path.resolve(jobWorkspace, input('working-directory') || '.');
  const file = (name: string, fallback: string): string => path.resolve(jobWorkspace, input(name) || fallback);
  const optional = (name: string): string => (input(name) === '' ? '' : path.resolve(jobWorkspace, input(name)));
  const mode = gateModes.find((known) => known === (input('mode') || 'judge'));
  if (mode === undefined)
    throw new GateError('INPUT_INVALID', {
      message: `mode: \`${input('mode')}\` is none`,
      expected: `one of ${gateModes.join(', ')}`,
    });
  const scale = readScale(input, { mode, temp, resolve: (given) => path.resolve(jobWorkspace, given) });
  // The page of a run shows all its jobs' summaries and annotations: those of parts would stand beside the merge's, which has them all.
  const part = scale?.kind === 'shard';
  const summary = parseBoolean('summary', input('summary') || 'true') && !part;
  return {
    workspace,
    paths: lines(input('paths')),
    exclude: lines(input('exclude')),
    config: input('config'),
    name: input('name'),
    environment: input('environment'),
    mode,
    token: mode === 'collect' ? '' : input('token'),
    compare: input('compare'),
    onlyNew: input('only-new'),
    publish: mode === 'collect' ? [] : publishers(input),
    report: optional('report'),
    html: optional('html'),
    engines: input('engines') || 'strict',
    severity: input('severity'),
    timeout: input('timeout'),
    concurrency: input('concurrency'),
    expectManifests: input('expect-manifests'),
    reportJson: file('report-json', path.join(temp, 'k8s-gate', 'report.json')),
    sarif: file('sarif', path.join(temp, 'k8s-gate', 'report.sarif')),
    junit: optional('junit'),
    policyReport: optional('policy-report'),
    annotations: parseBoolean('annotations', input('annotations') || 'true') && !part,
    summaryFile: summary ? (env.GITHUB_STEP_SUMMARY ?? '') : '',
    cacheDir: cacheDir(input('cache-dir'), jobWorkspace, env),
    cacheSecret: input('cache-secret'),
    mirror: input('mirror') || undefined,
    tools: lines(input('tools')),
    ...(scale !== undefined && { scale }),
    signatures: parseBoolean('require-signatures', input('require-signatures') || 'false') ? 'required' : 'when-there',
  };
}

/** Input -> report, in the order they are published; the value that holds where the input is empty. */
const publisherInputs = [
  ['check-run', 'check-run', 'true'],
  ['comment', 'pull-request-comment', 'true'],
  ['suggestions', 'suggestions', 'true'],
  ['upload-sarif', 'code-scanning', 'false'],
] as const;

function publishers(input: (name: string) => string): readonly string[] {
  return publisherInputs.filter(([name, , fallback]) => parseBoolean(name, input(name) || fallback)).map(([, id]) => id);
}

function cacheDir(given: string, jobWorkspace: string, env: RunnerEnvironment): string {
  if (given !== '') return path.resolve(jobWorkspace, given);
  const toolCache = env.RUNNER_TOOL_CACHE ?? '';
  return toolCache === '' ? path.join(env.HOME ?? jobWorkspace, '.cache', 'k8s-gate') : path.join(toolCache, 'k8s-gate');
}

/** The same shape that the command makes of its flags. An empty input is one not given. */
export function rawInputs(inputs: ActionInputs, cores: number): RawInputs {
  const file = (id: string, target: string): OutputRequest => ({ id, destination: { kind: 'file', path: target } });
  const outputs: readonly OutputRequest[] = [
    { id: 'terminal', destination: { kind: 'log' } },
    file('json', inputs.reportJson),
    file('sarif', inputs.sarif),
    ...(inputs.junit === '' ? [] : [file('junit', inputs.junit)]),
    ...(inputs.html === '' ? [] : [file('html', inputs.html)]),
    ...(inputs.policyReport === '' ? [] : [file('policy-report', inputs.policyReport)]),
    ...(inputs.annotations ? [{ id: 'annotations' }] : []),
    ...(inputs.summaryFile === ''
      ? []
      : [{ id: 'job-summary', destination: { kind: 'append', path: inputs.summaryFile } as const }]),
  ];
  return {
    workspace: inputs.workspace,
    cores,
    paths: inputs.paths,
    exclude: inputs.exclude,
    engines: inputs.engines,
    outputs,
    publish: inputs.publish,
    ...(inputs.scale !== undefined && { scale: inputs.scale }),
    ...(inputs.name !== '' && { name: inputs.name }),
    ...(inputs.environment !== '' && { environment: inputs.environment }),
    ...(inputs.compare !== '' && { compare: inputs.compare }),
    ...(inputs.onlyNew !== '' && { onlyNew: inputs.onlyNew }),
    ...(inputs.config !== '' && { configFile: inputs.config }),
    ...(inputs.severity !== '' && { severity: inputs.severity }),
    ...(inputs.timeout !== '' && { timeout: inputs.timeout }),
    ...(inputs.concurrency !== '' && { concurrency: inputs.concurrency }),
    ...(inputs.expectManifests !== '' && { expectManifests: inputs.expectManifests }),
  };
}
