#!/usr/bin/env node
import os from 'node:os';
import path from 'node:path';
import type { CommandContext } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import { GateError, toGateError, troubleshootingUrl } from './model/gate-error.ts';
import { nearest } from './model/nearest.ts';
import { createConsoleLog, safeText } from './ports/console-log.ts';
import { locateGate } from './ports/gate-root.ts';
import { keptAttestations } from './ports/kept-attestations.ts';
import { createNodePorts } from './ports/node-ports.ts';
import type { GitHubSettings } from './ports/octokit-github.ts';
import type { GitHub } from './ports/ports.ts';
import { userSecret } from './ports/secret-file.ts';
import { createStatusLine } from './ports/status-line.ts';

const stderr = createStatusLine(process.stderr, { monotonicMs: () => performance.now() });

// Whatever happens, only a finished command may report that all is well.
process.exitCode = 2;
// Node's own code for a crash is 1, which here means "block".
process.on('uncaughtException', (error) => {
  stderr.write(`error: ${safeText(error.stack ?? error.message)}\n`);
  process.exit(2);
});

const overview = `k8s-gate: may this change to Kubernetes manifests merge?

Usage: k8s-gate <command> [options]

${commands.map((command) => `  ${command.name.padEnd(10)}  ${command.summary}`).join('\n')}

  --quiet     only warnings, errors and reports      --verbose   details of each step
  --version   the version                             NO_COLOR=1 or FORCE_COLOR=1 turn colors off or on

Examples:
  k8s-gate init                                        Write a configuration and workflows.
  k8s-gate check --base origin/main --only-new         Check what this branch adds.
  k8s-gate fix --dry-run                               Show the suggested fixes.
  k8s-gate explain cel/privileged                      Explain a rule.

Exit codes: 0 pass or warn, 1 block, 2 error (no verdict could be reached). \`k8s-gate help <command>\` lists the options of a command.
`;

/** Options of every command. Behind `--`, everything is a file. */
function takeGlobal(args: readonly string[], name: string): { readonly args: readonly string[]; readonly given: boolean } {
  const end = args.indexOf('--');
  const kept = args.filter((arg, index) => arg !== name || (end !== -1 && index > end));
  return { args: kept, given: kept.length < args.length };
}

/** https://no-color.org and https://force-color.org: set and not empty. */
function usesColor({ NO_COLOR = '', FORCE_COLOR = '' }: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return isTerminal && NO_COLOR === '';
}

/** A log that somebody keeps has no use for lines that replace each other. */
function showsProgress({ CI = '', TERM = '' }: NodeJS.ProcessEnv): boolean {
  return process.stderr.isTTY === true && CI === '' && TERM !== 'dumb';
}

async function main(all: readonly string[]): Promise<number> {
  const quiet = takeGlobal(all, '--quiet');
  const verbose = takeGlobal(quiet.args, '--verbose');
  const [first, ...others] = verbose.args;
  const isHelpFor = first === 'help' && others[0] !== undefined && !others[0].startsWith('-');
  const [name, ...rest] = isHelpFor ? [...others.slice(0, 1), '--help'] : verbose.args;
  const { root, version, build } = await locateGate(process.argv[1] ?? '');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help')
    return print(overview, name === undefined ? 2 : 0);
  if (name === '--version' || name === '-v' || name === '-V') return print(`${version}\n`, 0);
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  if (rest.includes('--help') || rest.includes('-h')) return print(`Usage: ${command.usage}\n\n${command.help}\n`, 0);
  const log = createConsoleLog({
    write: stderr.write,
    debug: verbose.given || process.env.K8S_GATE_DEBUG === '1',
    quiet: quiet.given,
    ...(showsProgress(process.env) && !quiet.given && { progress: stderr.progress }),
  });
  const connectGitHub = (repository: string) => connect({ repository, log, userAgent: `k8s-gate/${version}` });
  const ports = { ...createNodePorts({ log, env: process.env }), keptAttestations: keptAttestations(connectGitHub) };
  const context: CommandContext = {
    cwd: process.cwd(),
    env: process.env,
    ports,
    stdout(text) {
      stderr.end();
      process.stdout.write(text);
    },
    ...(process.stdin.isTTY === true && process.stdout.isTTY === true && { ask }),
    terminal: {
      color: usesColor(process.env, process.stdout.isTTY === true),
      width: Math.max(60, process.stdout.columns ?? 120),
    },
    gateRoot: root,
    gateVersion: version,
    cores: os.availableParallelism(),
    signal: cancellation(),
    commands,
    connectGitHub,
    openResults: async (cacheDir) => {
      const { openResults } = await import('./results/open.ts');
      return openResults({ ports, cacheDir, secret: await cacheSecret(), build: await build() });
    },
  };
  return await command.run(rest, context);
}

/** By the token in the environment. Throws INPUT_INVALID without one. */
async function connect(settings: Pick<GitHubSettings, 'repository' | 'log' | 'userAgent'>): Promise<GitHub> {
  const { createGitHub } = await import('./ports/octokit-github.ts');
  const { GITHUB_TOKEN, GH_TOKEN, GITHUB_API_URL: apiUrl = 'https://api.github.com' } = process.env;
  const token = GITHUB_TOKEN || GH_TOKEN;
  if (token === undefined || token === '')
    throw new GateError('INPUT_INVALID', {
      message: 'there is no token for GitHub',
      expected: 'GITHUB_TOKEN or GH_TOKEN in the environment, with read access to attestations',
    });
  return createGitHub({ ...settings, token, apiUrl });
}

/** Anything but yes is no, and so is the end of the input. */
async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return /^y(?:es)?$/i.test((await Promise.race([terminal.question(`${question} [y/N] `), closed])).trim());
  } finally {
    terminal.close();
  }
}

/** Given for a cache that several machines share; else one of this user, kept apart from what it authenticates. */
async function cacheSecret(): Promise<string | undefined> {
  const { K8S_GATE_CACHE_SECRET: given = '', XDG_STATE_HOME: xdg = '', HOME: home = '' } = process.env;
  if (given !== '') return given;
  const state = path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state');
  return path.isAbsolute(state) ? userSecret(path.join(state, 'k8s-gate', 'cache-secret')) : undefined;
}

function print(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function unknownCommand(name: string): GateError {
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  return new GateError('INPUT_INVALID', {
    message: `there is no command \`${name}\``,
    expected: near === undefined ? commands.map((command) => command.name).join(', ') : `\`${near}\``,
  });
}

/** First signal: children are killed and the run ends as an error. Second: at once. */
function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort();
    });
  }
  return controller.signal;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  const error = toGateError(thrown);
  stderr.write(`error: ${error.message}\nhelp: ${troubleshootingUrl(error.code)}\n`);
  if (error.code === 'INTERNAL')
    stderr.write(`This is a defect of k8s-gate; please report it with this trace:\n${error.stack ?? ''}\n`);
  process.exitCode = 2;
} finally {
  stderr.end();
}
