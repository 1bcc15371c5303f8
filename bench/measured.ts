import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface Measurable {
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Expected exit codes; anything else is a defect of the bench and throws. */
  readonly answers: readonly number[];
}

export interface Measured {
  readonly wallMs: number;
  /** User and system time of the process and of all it started and waited for. */
  readonly cpuMs: number;
  /** Resident peak of the process itself, without its children. */
  readonly peakBytes: number;
  readonly code: number;
  /** Standard output, in a file: engines write megabytes, and reading a pipe would cost the second core. */
  readonly stdoutFile: string;
  readonly stderr: string;
}

const sampleMs = 15;

/** Bash's `times` prints the values of getrusage(RUSAGE_CHILDREN), which Node does not provide; descriptor 3 is used for nothing else. */
const script = [
  'TIMEFORMAT="spent %R %U %S"',
  '{ time sh -c \'echo "pid $$" >&3; exec "$@" 3>&- 4>&-\' sh "$@" 2>&4; } 4>&2 2>&3',
].join('\n');

/** Runs a command to its end and returns its cost. Its output is written to `folder`. */
export async function measured(command: Measurable, folder: string): Promise<Measured> {
  const out = mkdtempSync(path.join(folder, 'run-'));
  const [stdoutFile, stderrFile] = [path.join(out, 'stdout'), path.join(out, 'stderr')];
  const descriptors = [openSync(stdoutFile, 'w'), openSync(stderrFile, 'w')] as const;
  const child = spawn('bash', ['-c', script, 'bash', command.executable, ...command.args], {
    cwd: command.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: out, LANG: 'C.UTF-8', ...command.env },
    stdio: ['ignore', ...descriptors, 'pipe'],
  });
  const [, , , notes] = child.stdio;
  const ended = Promise.all([reading(notes as Readable), exit(child)]);
  const peak = watchPeak(notes as Readable);
  const [text, code] = await ended;
  const peakBytes = peak();
  for (const descriptor of descriptors) closeSync(descriptor);
  const stderr = readFileSync(stderrFile, 'utf8');
  if (!command.answers.includes(code)) throw new Error(failure(command, code, stderr, readFileSync(stdoutFile, 'utf8')));
  return { ...spentIn(text), peakBytes, code, stdoutFile, stderr };
}

/** `spent 1.234 0.900 0.100`: wall, user, system in seconds. */
export function spentIn(text: string): Pick<Measured, 'wallMs' | 'cpuMs'> {
  const [, wall, user, system] = /^spent (\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$/m.exec(text) ?? [];
  if (wall === undefined) throw new Error(`bash did not print the cost of the command, but: ${text}`);
  return { wallMs: Number(wall) * 1000, cpuMs: Math.round((Number(user) + Number(system)) * 1000) };
}

/** VmHWM only grows, so that the last sample is at most `sampleMs` old. */
function watchPeak(notes: Readable): () => number {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  notes.once('data', (chunk: Buffer) => {
    const pid = /pid (\d+)/.exec(chunk.toString())?.[1];
    timer = setInterval(() => {
      peak = Math.max(peak, peakOf(pid ?? ''));
    }, sampleMs);
  });
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function peakOf(pid: string): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function reading(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function exit(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
}

function failure(command: Measurable, code: number, stderr: string, stdout: string): string {
  const words = (stderr.trim() || stdout.trim()).slice(-1500);
  return `${path.basename(command.executable)} ${command.args.join(' ').slice(0, 300)}\nended with exit code ${code}: ${words}`;
}
