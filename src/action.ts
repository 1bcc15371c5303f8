import os from 'node:os';
import path from 'node:path';
import { createTools, toolSettings } from './commands/tools.ts';
import { type GateResult, runGate } from './gate.ts';
import { type ActionInputs, rawInputs } from './inputs/action-inputs.ts';
import { bindPublisher } from './inputs/bind.ts';
import { parseGateName } from './inputs/gate-name.ts';
import type { Change } from './model/change.ts';
import { GateError } from './model/gate-error.ts';
import type { Outcome } from './model/verdict.ts';
import { createActionsCache, runnerCache } from './ports/actions-cache.ts';
import type { GateInstall } from './ports/gate-root.ts';
import { keptAttestations } from './ports/kept-attestations.ts';
import { createNodePorts } from './ports/node-ports.ts';
import type { GitHubSettings } from './ports/octokit-github.ts';
import type { GitHub, Log, Ports } from './ports/ports.ts';
import { conclusionOf } from './reports/conclusion.ts';
import type { Delivery } from './reports/reporter.ts';
import { openSharedResults } from './results/shared.ts';
import type { ResultStore } from './results/store.ts';

/** What the action's entry knows of its runner and process. */
export interface Runner {
  readonly install: GateInstall;
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  stdout(text: string): void;
  onSignal(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void;
  setOutput(name: string, value: string | number): void;
}

/** Runs the action for inputs and an event that main.ts accepted. Throws GateError. */
export async function runAction(inputs: ActionInputs, change: Change, runner: Runner): Promise<Outcome> {
  const { given, token } = inputs;
  const { install, log, env } = runner;
  const { version } = install;
  const { serverUrl, repository } = change;
  const remote = { url: `${serverUrl}/${repository}`, ...(token !== '' && { credential: { serverUrl, token } }) };
  const apiUrl = env.GITHUB_API_URL ?? 'https://api.github.com';
  const common = { apiUrl, log, userAgent: `k8s-gate/${version}` };
  const github = token === '' ? undefined : await connect({ ...common, token, repository });
  // Mode collect has no token for reports, but reading needs one.
  const { token: readToken = '' } = given;
  const kept = keptAttestations((name) => connect({ ...common, token: readToken, repository: name }));
  const ports: Ports = {
    ...createNodePorts({ log, env, remote }),
    ...(readToken !== '' && { keptAttestations: kept }),
  };
  if (inputs.mode === 'publish') return await publish(inputs, change, runner, { ...ports, github });
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) runner.onSignal(signal, () => controller.abort());
  const tools = await createTools(
    { ...toolSettings(given, inputs.cacheDir), auto: given.engines === 'auto' },
    { ports, gateRoot: install.root, env, signal: controller.signal },
  );
  const store = await openStore(inputs, runner, ports);
  const tempDir = await ports.files.makeTempDir('k8s-gate-');
  log.group?.('Evaluation');
  try {
    const result = await runGate(rawInputs(inputs, os.availableParallelism()), {
      ports,
      ...tools,
      gateRoot: install.root,
      gateVersion: version,
      cacheDir: inputs.cacheDir,
      results: store.results,
      tempDir,
      signal: controller.signal,
      stdout: (text) => runner.stdout(text),
      terminal: { color: false, width: 140 },
      change,
      ...(change.baseSha !== undefined && { baseSha: change.baseSha }),
      ...(github !== undefined && { github }),
    });
    setOutputs(result, inputs, runner);
    await store.save();
    // A part of a sharded run has no answer of its own.
    if (inputs.scale?.kind !== 'shard')
      for (const line of conclusionOf(result.verdict, result.deliveries, change)) log.info(line);
    return result.verdict.outcome;
  } finally {
    log.group?.(undefined);
    await ports.files.remove(tempDir);
  }
}

/** Without a secret of the repository, a change could save results for its own judgement: then there are none but this run's. */
async function openStore(inputs: ActionInputs, { install, env, pid }: Runner, ports: Ports): Promise<ResultStore> {
  const { given, cacheDir, scale } = inputs;
  const { cacheSecret, name = 'k8s-gate' } = given;
  const runner = runnerCache(env, `k8s-gate/${install.version}`);
  const { GITHUB_RUN_ID: run = '0', GITHUB_RUN_ATTEMPT: attempt = '1', GITHUB_JOB: job = '' } = env;
  return openSharedResults({
    ports,
    cacheDir,
    build: cacheSecret === undefined ? undefined : await install.build(),
    secret: cacheSecret,
    cache: runner === undefined ? undefined : createActionsCache(runner),
    gateName: `${name}${scale?.kind === 'shard' ? `-${scale.shard}` : ''}`,
    runId: `${run}-${attempt}-${job}-${pid}`,
  });
}

/** Loaded only when used: @actions/github reads the event file when it is imported, and throws if that file is invalid. */
async function connect(settings: GitHubSettings): Promise<GitHub> {
  const { createGitHub } = await import('./ports/octokit-github.ts');
  return createGitHub(settings);
}

/** Delivers what another run collected. That run's job is the required check; this one only reports whether it could deliver. */
async function publish(
  inputs: ActionInputs,
  change: Change,
  { install, setOutput }: Runner,
  { github, ...ports }: Ports & { readonly github: GitHub | undefined },
): Promise<Outcome> {
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
  const comment = { onlyFindings: inputs.given.comment === 'on-findings', mentionOwners: false };
  const collected = {
    report,
    change,
    gateName,
    gateVersion: install.version,
    comment,
    publishers: inputs.publish.map(bindPublisher),
  };
  // Loaded only when used: it builds the schema of the whole report.
  const { publishCollected } = await import('./collected.ts');
  const deliveries = await publishCollected(collected, { ...ports, github });
  setOutput('comment-url', commentUrl(deliveries));
  return deliveries.some((delivery) => delivery.status === 'degraded') ? 'error' : 'pass';
}

function commentUrl(deliveries: readonly Delivery[]): string {
  const comment = deliveries.find((delivery) => delivery.reporter === 'pull-request-comment');
  return comment?.status === 'delivered' && comment.destination.kind === 'github' ? (comment.destination.url ?? '') : '';
}

function setOutputs({ verdict, deliveries }: GateResult, inputs: ActionInputs, { setOutput }: Runner): void {
  const { comparison } = verdict;
  const compared = comparison?.status === 'compared' ? comparison : undefined;
  setOutput('verdict', verdict.outcome);
  setOutput('blocked', verdict.counts.block);
  setOutput('warned', verdict.counts.warn);
  setOutput('allowed', verdict.counts.allow);
  setOutput('new', compared?.new ?? '');
  setOutput('fixed', compared?.fixed.length ?? '');
  setOutput('comment-url', commentUrl(deliveries));
  setOutput('report-json', path.resolve(inputs.reportJson));
  setOutput('sarif', path.resolve(inputs.sarif));
  setOutput('shard-report', inputs.scale?.kind === 'shard' ? inputs.scale.report : '');
}
