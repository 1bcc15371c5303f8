import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as core from '@actions/core';
import { publishCollected } from './collected.ts';
import { createTools, toolSettings } from './commands/tools.ts';
import { type GateResult, runGate } from './gate.ts';
import { type ActionInputs, rawInputs, readActionInputs } from './inputs/action-inputs.ts';
import { bindPublisher } from './inputs/bind.ts';
import { parseEvent } from './inputs/event.ts';
import { refuseUnsafe } from './inputs/event-safety.ts';
import { parseGateName } from './inputs/gate-name.ts';
import type { Change } from './model/change.ts';
import { GateError, toGateError, troubleshootingUrl } from './model/gate-error.ts';
import type { Outcome } from './model/verdict.ts';
import { createActionsCache, runnerCache } from './ports/actions-cache.ts';
import { createConsoleLog, safeText } from './ports/console-log.ts';
import { type GateInstall, locateGate } from './ports/gate-root.ts';
import { createNodePorts } from './ports/node-ports.ts';
import type { GitHubSettings } from './ports/octokit-github.ts';
import type { GitHub, Ports } from './ports/ports.ts';
import type { Delivery } from './reports/reporter.ts';
import { openSharedResults } from './results/shared.ts';
import type { ResultStore } from './results/store.ts';

// Fail closed: 1 from the first line on, 0 only for a verdict that passes.
process.exitCode = 1;

const exitCodes: Readonly<Record<Outcome, number>> = { pass: 0, warn: 0, block: 1, error: 1 };

async function main(): Promise<number> {
  const inputs = readActionInputs((name) => core.getInput(name), process.env);
  const { given } = inputs;
  for (const secret of [inputs.token, given.cacheSecret]) if (secret) core.setSecret(secret);
  const { root, version, build } = await locateGate(process.argv[1] ?? '');
  const log = createConsoleLog({ write: (text) => process.stderr.write(text), debug: core.isDebug() });
  const change = await readEvent(process.env);
  refuseUnsafe(change, inputs.mode);
  const { token } = inputs;
  const { serverUrl, repository } = change;
  const remote = { url: `${serverUrl}/${repository}`, ...(token !== '' && { credential: { serverUrl, token } }) };
  const ports = createNodePorts({ log, env: process.env, remote });
  const apiUrl = process.env.GITHUB_API_URL ?? 'https://api.github.com';
  const github = token === '' ? undefined : await connect({ token, apiUrl, repository, log, userAgent: `k8s-gate/${version}` });
  if (inputs.mode === 'publish') return await publish(inputs, change, version, { ...ports, github });
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  const tools = await createTools(
    { ...toolSettings(given, inputs.cacheDir), auto: given.engines === 'auto' },
    { ports, gateRoot: root, env: process.env, signal: controller.signal },
  );
  const store = await openStore(inputs, build, version, ports);
  const tempDir = await ports.files.makeTempDir('k8s-gate-');
  try {
    const result = await runGate(rawInputs(inputs, os.availableParallelism()), {
      ports,
      ...tools,
      gateRoot: root,
      gateVersion: version,
      cacheDir: inputs.cacheDir,
      results: store.results,
      tempDir,
      signal: controller.signal,
      stdout: (text) => process.stdout.write(text),
      terminal: { color: false, width: 140 },
      change,
      ...(change.baseSha !== undefined && { baseSha: change.baseSha }),
      ...(github !== undefined && { github }),
    });
    setOutputs(result, inputs);
    await store.save();
    return exitCodes[result.verdict.outcome];
  } finally {
    await ports.files.remove(tempDir);
  }
}

/** Without a secret of the repository, a change could save results for its own judgement: then there are none but this run's. */
async function openStore(inputs: ActionInputs, build: GateInstall['build'], version: string, ports: Ports): Promise<ResultStore> {
  const { given, cacheDir, scale } = inputs;
  const { cacheSecret, name = 'k8s-gate' } = given;
  const runner = runnerCache(process.env, `k8s-gate/${version}`);
  const { GITHUB_RUN_ID: run = '0', GITHUB_RUN_ATTEMPT: attempt = '1', GITHUB_JOB: job = '' } = process.env;
  return openSharedResults({
    ports,
    cacheDir,
    build: cacheSecret === undefined ? undefined : await build(),
    secret: cacheSecret,
    cache: runner === undefined ? undefined : createActionsCache(runner),
    gateName: `${name}${scale?.kind === 'shard' ? `-${scale.shard}` : ''}`,
    runId: `${run}-${attempt}-${job}-${process.pid}`,
  });
}

/** Loaded only where it is used: @actions/github reads the event file when it is imported, and throws where it is broken. */
async function connect(settings: GitHubSettings): Promise<GitHub> {
  const { createGitHub } = await import('./ports/octokit-github.ts');
  return createGitHub(settings);
}

async function readEvent(env: NodeJS.ProcessEnv): Promise<Change> {
  const file = env.GITHUB_EVENT_PATH ?? '';
  return parseEvent({ ...env, payload: file === '' ? undefined : await readFile(file, 'utf8').catch(() => undefined) });
}

/** Delivers what another run collected. That run's job is the required check; this one only reports whether it could deliver. */
async function publish(
  inputs: ActionInputs,
  change: Change,
  gateVersion: string,
  { github, ...ports }: Ports & { readonly github: GitHub | undefined },
): Promise<number> {
  if (github === undefined)
    throw new GateError('INPUT_INVALID', {
      message: 'token: mode publish has none',
      expected: 'a token that may write to pull requests',
    });
  const { report, name = 'k8s-gate' } = inputs.given;
  if (report === undefined)
    throw new GateError('INPUT_INVALID', {
      message: 'report: mode publish has none',
      expected: 'the path of the collected JSON report',
    });
  const gateName = parseGateName(name);
  const collected = { report, change, gateName, gateVersion, publishers: inputs.publish.map(bindPublisher) };
  const deliveries = await publishCollected(collected, { ...ports, github });
  core.setOutput('comment-url', commentUrl(deliveries));
  return deliveries.some((delivery) => delivery.status === 'degraded') ? 1 : 0;
}

function commentUrl(deliveries: readonly Delivery[]): string {
  const comment = deliveries.find((delivery) => delivery.reporter === 'pull-request-comment');
  return comment?.status === 'delivered' && comment.destination.kind === 'github' ? (comment.destination.url ?? '') : '';
}

function setOutputs({ verdict, deliveries }: GateResult, inputs: ActionInputs): void {
  const { comparison } = verdict;
  const compared = comparison?.status === 'compared' ? comparison : undefined;
  core.setOutput('verdict', verdict.outcome);
  core.setOutput('blocked', verdict.counts.block);
  core.setOutput('warned', verdict.counts.warn);
  core.setOutput('allowed', verdict.counts.allow);
  core.setOutput('new', compared?.new ?? '');
  core.setOutput('fixed', compared?.fixed.length ?? '');
  core.setOutput('comment-url', commentUrl(deliveries));
  core.setOutput('report-json', path.resolve(inputs.reportJson));
  core.setOutput('sarif', path.resolve(inputs.sarif));
  core.setOutput('shard-report', inputs.scale?.kind === 'shard' ? inputs.scale.report : '');
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const error = toGateError(thrown);
  core.setOutput('verdict', 'error');
  const { file, line } = error.details;
  core.error(`${error.message}\nHelp: ${troubleshootingUrl(error.code)}`, {
    title: 'k8s-gate evaluation error',
    ...(file !== undefined && { file }),
    ...(line !== undefined && { startLine: line }),
  });
  // Not core.info: a message may hold text of the change, and the runner takes commands from any line.
  if (error.code === 'INTERNAL') process.stderr.write(`${safeText(error.stack ?? '')}\n`);
  process.exitCode = 1;
}
