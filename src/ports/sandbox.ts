import type { Command, ProcessResult } from './ports.ts';
import { privilegeArgs, type Sandbox, wrappers } from './sandbox-wrappers.ts';

type Start = (command: Command) => Promise<ProcessResult>;

/** A child that reports whether it has our network, and whether it can read our environment, where the tokens are. */
const look = `const fs = require('node:fs');
const [, network, parent] = process.argv;
let readable = true;
try { fs.readFileSync('/proc/' + parent + '/environ'); } catch { readable = false; }
const status = fs.readFileSync('/proc/self/status', 'utf8');
console.log(JSON.stringify({
  cutOff: fs.readlinkSync('/proc/self/ns/net') !== network,
  privileges: /^NoNewPrivs:\\t1$/m.test(status),
  environment: !readable,
}));`;

/** A command in its sandbox, and what the system did not allow of it. */
export function wrap(command: Command, sandbox: Sandbox): { readonly command: Command; readonly notIsolated: readonly string[] } {
  const { network, memoryBytes } = command;
  const apart = network === undefined ? [] : ((network === 'none' ? sandbox.cut : undefined) ?? sandbox.open);
  const limited = memoryBytes === undefined ? [] : (sandbox.limit?.(memoryBytes) ?? []);
  const [executable = command.executable, ...args] = [...limited, ...apart, command.executable, ...command.args];
  const notIsolated = [
    ...(network === 'none' && sandbox.cut === undefined ? [`network was not cut off: ${sandbox.why}`] : []),
    ...(network !== undefined && !sandbox.environment ? [`the gate’s environment was not hidden: ${sandbox.why}`] : []),
    ...(network !== undefined && !sandbox.privileges ? [`privileges were not dropped: ${sandbox.why}`] : []),
    ...(memoryBytes !== undefined && sandbox.limit === undefined
      ? ['memory was not limited: there is no prlimit (util-linux)']
      : []),
  ];
  return { command: { ...command, executable, args }, notIsolated };
}

/**
 * How Go's runtime reports that the system refused it memory. Since 1.26 its garbage collector (mgcmark_greenteagc.go) may use the queue that
 * it did not get: in `goroutine 0`, the runtime's own, at address 0.
 */
const refused =
  /^(?:fatal error: (?:runtime: )?(?:out of memory(?: allocating .+)?|cannot allocate memory)$|SIGSEGV: segmentation violation(?=\nPC=.* addr=0x0\n\ngoroutine 0 .*\nruntime\.\(\*spanQueue\)))/m;

/**
 * The result as without a wrapper: one that could not execute the engine prints that and ends with 126 or 127, as a shell does.
 * Go's runtime ends with 2 if the system refuses it memory.
 */
export function unwrap(result: ProcessResult, { memoryBytes }: Command): ProcessResult {
  if (result.end !== 'exited') return result;
  const failed = /^(?:prlimit|unshare|setpriv): failed to execute .*: (.+)\n$/.exec(result.stderr);
  if (failed !== null && result.stdout === '' && (result.exitCode === 126 || result.exitCode === 127))
    return { ...result, exitCode: undefined, end: 'not-started', startError: failed[1] ?? 'unknown' };
  const starved = refused.exec(result.stderr);
  if (memoryBytes === undefined || result.exitCode !== 2 || starved === null) return result;
  // What follows are the stacks of all goroutines.
  return { ...result, end: 'memory-limit', stderr: result.stderr.slice(0, starved.index) + starved[0] };
}

/**
 * Probes what this system allows: the strongest wrapper whose child is verified to be isolated. If none cuts the network off, children
 * still lose their privileges; if not even that works, nothing is wrapped. Both are reported.
 * @param start Runs a command as it is.
 * @param uid Of this process; undefined on a system without user ids.
 */
export async function probeSandbox(
  start: Start,
  system: { readonly platform: string; readonly uid: number | undefined; readonly ownNetwork: () => Promise<string> },
): Promise<Sandbox> {
  const nothing = { cut: undefined, open: [], limit: undefined, privileges: false, environment: false };
  if (system.platform !== 'linux') return { ...nothing, why: `this is ${system.platform}, not Linux` };
  const network = await system.ownNetwork();
  const seen = (prefix: readonly string[]): Promise<Seen> => lookFrom(start, prefix, network);
  const limit = (await runs(start, wrappers.limit(2 ** 32))) ? wrappers.limit : undefined;
  for (const { cut, open } of wrappers.namespaces(system.uid === 0)) {
    const [inside, outside] = [await seen(cut), await seen(open)];
    if (inside.cutOff && [inside, outside].every((child) => child.privileges && child.environment))
      return { cut, open, limit, privileges: true, environment: true, why: '' };
  }
  const absent = (await start(probe([wrappers.unshare, '--help']))).end === 'not-started';
  const why = absent ? 'there is no unshare (util-linux)' : 'this system allows no user namespaces';
  for (const open of privilegeArgs(system.uid === 0)) {
    const { privileges, environment } = await seen(open);
    if (privileges) return { cut: undefined, open, limit, privileges, environment, why };
  }
  return { ...nothing, limit, why };
}

interface Seen {
  readonly cutOff: boolean;
  readonly privileges: boolean;
  readonly environment: boolean;
}

async function lookFrom(start: Start, prefix: readonly string[], network: string): Promise<Seen> {
  const result = await start(probe([...prefix, process.execPath, '-e', look, network, String(process.pid)]));
  const reported = (what: keyof Seen): boolean => result.exitCode === 0 && result.stdout.includes(`"${what}":true`);
  return { cutOff: reported('cutOff'), privileges: reported('privileges'), environment: reported('environment') };
}

async function runs(start: Start, prefix: readonly string[]): Promise<boolean> {
  return (await start(probe([...prefix, process.execPath, '--version']))).exitCode === 0;
}

function probe([executable = '', ...args]: readonly string[]): Command {
  return { executable, args, cwd: '/', env: {}, timeoutMs: 10_000, maxOutputBytes: 10_000 };
}
