import type { Ports } from '../ports/ports.ts';
import type { Receipt } from './cache.ts';
import type { SignatureState } from './signature.ts';

/** One way to get a tool. */
export interface ToolSource {
  /** "release asset", "Go module x@v1": what a failure is said about. */
  readonly label: string;
  readonly origin: Receipt['origin'];
  /** How long it is likely to take. */
  readonly expectedMs: number;
  /**
   * Puts the executable, named like the tool, and what it needs into an empty folder.
   * @returns what came of the publisher's signature, where there is such a thing.
   * @throws GateError TOOL_UNAVAILABLE where this source does not have it, TOOL_UNTRUSTED where it has something else.
   */
  fetch(staging: string, limits: SourceLimits): Promise<SignatureState | undefined>;
}

export interface SourceLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export type SourcePorts = Pick<Ports, 'files' | 'processes' | 'http' | 'log' | 'clock'>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The named variables that are set. */
export function pick(env: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]])));
}

/** The end of a program's error output: enough to know why, never all of it, and nothing that a terminal acts on. */
export function lastLines(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[^ -~]/g, '?').trim());
  return lines
    .filter((line) => line !== '')
    .slice(-3)
    .join(' | ')
    .slice(-400);
}

/** Runs one piece of work after another, whatever becomes of each. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}
