import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import type { Outcome } from '../../src/model/verdict.ts';
import { distFile } from '../support/dist.ts';
import { repository } from '../support/gate-process.ts';
import { files } from './repository.ts';
import type { Trial } from './row.ts';

/** By the command's exit code; undefined: it was ended by a signal, which no one takes for green. */
const outcomes: Readonly<Record<number, Outcome>> = { 0: 'pass', 1: 'block', 2: 'error' };

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Closes our end of its stdout, as a reader that went away. */
  deafen(): void;
}

/** Starts the committed command in a process of its own, optionally under a limit of `prlimit`. */
export function start(args: readonly string[], cwd: string, limit: readonly string[] = []): Started {
  const { PATH = '', HOME = homedir(), XDG_CACHE_HOME } = process.env;
  const command = [...limit, process.execPath, distFile('cli', 'index.js'), ...args];
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd,
    env: { PATH, HOME, XDG_STATE_HOME: '/dev/null', ...(XDG_CACHE_HOME !== undefined && { XDG_CACHE_HOME }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('the gate did not end within 60 s'));
    }, 60_000);
    child.on('close', (code) => {
      clearTimeout(late);
      resolve({ code, ...output });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => child.kill(signal),
    deafen: () => child.stdout.destroy(),
  };
}

export async function judgeByDist(
  truth: Trial['truth'],
  args: readonly string[],
  options: {
    readonly limit?: readonly string[];
    readonly files?: Readonly<Record<string, string>>;
    readonly meanwhile?: (started: Started) => Promise<void>;
  } = {},
): Promise<Trial> {
  const folder = await repository({ ...files(truth), ...options.files });
  const started = start(['check', ...args], folder, options.limit);
  await options.meanwhile?.(started);
  return trialOf(truth, await started.ended);
}

export function trialOf(truth: Trial['truth'], { code, stdout, stderr }: Ended, problems: readonly string[] = []): Trial {
  const outcome = code === null ? 'error' : (outcomes[code] ?? 'error');
  return { truth, outcome, exitCode: code ?? 2, said: (stderr || stdout).slice(-500), helpless: [], problems };
}
