import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { distFile } from './dist.ts';
import { branchEvent, type RunnerEvent } from './pull-request.ts';
import { emptyFolder } from './temp-folders.ts';

export interface GateRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes a repository of these files into a temporary folder. */
export async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

/** What ends up on a user's machine: the committed dist, in a process of its own with an environment of its own. */
export function runGate(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<GateRun> {
  return start(['cli', 'index.js'], args, cwd, env);
}

export interface ActionRun extends GateRun {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface Job {
  readonly event: RunnerEvent;
  /** Of the fake GitHub. */
  readonly apiUrl?: string;
  /** More of the runner's environment. */
  readonly env?: Readonly<Record<string, string>>;
}
/** A branch as it is: most tests are not about events. */
export const someJob: Job = { event: branchEvent('workflow_dispatch', '1'.repeat(40)) };

/** The action as the runner starts it: inputs as INPUT_*, files for event, outputs and summary. */
export async function runAction(
  inputs: Readonly<Record<string, string>>,
  workspace: string,
  { event, apiUrl, env }: Job = someJob,
): Promise<ActionRun> {
  const temp = emptyFolder();
  const [outputFile, summaryFile, eventFile] = [path.join(temp, 'output'), path.join(temp, 'summary'), path.join(temp, 'event')];
  await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, ''), writeFile(eventFile, JSON.stringify(event.payload))]);
  const run = await start(['main', 'index.js'], [], workspace, {
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: outputFile,
    GITHUB_STEP_SUMMARY: summaryFile,
    RUNNER_TEMP: temp,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: eventFile,
    GITHUB_SHA: event.sha,
    GITHUB_REF: event.ref,
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    ...(apiUrl !== undefined && { GITHUB_API_URL: apiUrl }),
    ...env,
  });
  return { ...run, outputs: parseOutputs(await readFile(outputFile, 'utf8')), summary: await readFile(summaryFile, 'utf8') };
}

/** `name<<delimiter`, value, `delimiter`: the format of GITHUB_OUTPUT that @actions/core writes. */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [name, value]),
  );
}

function start(
  script: readonly string[],
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<GateRun> {
  // HOME and the Go settings are the machine's, so that renderers come from its cache.
  const { PATH = '', HOME = homedir(), XDG_CACHE_HOME } = process.env;
  const child = spawn(process.execPath, [distFile(...script), ...args], {
    cwd,
    // No secret can be kept there, and so no results: each run of a test evaluates everything.
    env: { PATH, HOME, XDG_STATE_HOME: '/dev/null', ...(XDG_CACHE_HOME !== undefined && { XDG_CACHE_HOME }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
