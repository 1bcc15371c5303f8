import path from 'node:path';
import { GateError } from '../model/gate-error.ts';
import { readScale } from './action-scale.ts';
import { parseCommentMode } from './comment.ts';
import { type GateMode, gateModes } from './event-safety.ts';
import { givenInputs } from './options/given.ts';
import { type Given, optionEntries } from './options/table.ts';
import type { OutputRequest, RawInputs } from './raw-inputs.ts';
import type { RawScale } from './shard.ts';

/** The action's inputs, read. Nothing past main.ts reads the runner's environment. */
export interface ActionInputs {
  readonly given: Given;
  readonly workspace: string;
  readonly mode: GateMode;
  /** Of this job, for the reports to GitHub; empty: none of them. */
  readonly token: string;
  /** Absolute. */
  readonly cacheDir: string;
  readonly reportJson: string;
  readonly sarif: string;
  /** Absent: all of the work is this run's. */
  readonly scale?: RawScale;
  readonly outputs: readonly OutputRequest[];
  /** Ids of the reports to GitHub that are wanted. */
  readonly publish: readonly string[];
}

type RunnerEnvironment = Readonly<Record<string, string | undefined>>;

/** Throws GateError INPUT_INVALID. */
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
  const given = givenInputs(input, (file) => path.resolve(jobWorkspace, file));
  const mode = gateModes.find((known) => known === given.mode);
  if (mode === undefined)
    throw new GateError('INPUT_INVALID', {
      message: `mode: \`${given.mode}\` is not a valid mode`,
      expected: `one of ${gateModes.join(', ')}`,
    });
  const scale = readScale(given, mode, temp);
  const { reportJson = path.join(temp, 'k8s-gate', 'report.json'), sarif = path.join(temp, 'k8s-gate', 'report.sarif') } = given;
  return {
    given,
    workspace: given.workspace ?? jobWorkspace,
    mode,
    token: mode === 'collect' ? '' : (given.token ?? ''),
    cacheDir: given.cacheDir ?? defaultCacheDir(jobWorkspace, env),
    reportJson,
    sarif,
    ...(scale !== undefined && { scale }),
    outputs: outputs({ ...given, reportJson, sarif }, scale, env.GITHUB_STEP_SUMMARY ?? ''),
    publish: mode === 'collect' ? [] : publishers(given),
  };
}

/** Whether there is a comment may also be set in the configuration, which is read later. */
function publishers(given: Given): readonly string[] {
  const comment = parseCommentMode(given.comment ?? 'always') !== 'never';
  return named({ ...given, comment }, 'publisher').flatMap(([id, wanted]) => (wanted === true ? [id] : []));
}

/** The given values of options that are about a report, by the report's id. */
function named(given: Readonly<Record<string, unknown>>, by: 'report' | 'publisher'): readonly (readonly [string, unknown])[] {
  const values = new Map<string, unknown>(Object.entries(given));
  return optionEntries.flatMap(([key, { [by]: id }]) => (id === undefined || !values.has(key) ? [] : [[id, values.get(key)]]));
}

function outputs(given: Given, scale: RawScale | undefined, summaryFile: string): readonly OutputRequest[] {
  // The page of a run shows the summaries and annotations of all jobs: those of parts would repeat the merge's, which has them all.
  const isPart = scale?.kind === 'shard';
  const files = named(given, 'report').flatMap(([id, file]): readonly OutputRequest[] =>
    typeof file === 'string' ? [{ id, destination: { kind: 'file', path: file } }] : [],
  );
  return [
    { id: 'terminal', destination: { kind: 'log' } },
    ...files,
    ...(given.annotations === true && !isPart ? [{ id: 'annotations' }] : []),
    ...(given.summary === true && !isPart && summaryFile !== ''
      ? [{ id: 'job-summary', destination: { kind: 'append', path: summaryFile } as const }]
      : []),
  ];
}

function defaultCacheDir(jobWorkspace: string, env: RunnerEnvironment): string {
  const toolCache = env.RUNNER_TOOL_CACHE ?? '';
  return toolCache === '' ? path.join(env.HOME ?? jobWorkspace, '.cache', 'k8s-gate') : path.join(toolCache, 'k8s-gate');
}

/** The same shape that the command makes of its flags. */
export function rawInputs({ given, workspace, outputs, publish, scale }: ActionInputs, cores: number): RawInputs {
  const { token: _token, cacheSecret: _secret, ...asked } = given;
  return { ...asked, workspace, cores, outputs, publish, ...(scale !== undefined && { scale }) };
}
