import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import { notEnded } from '../ended.ts';
import type { EngineContext } from '../engine.ts';
import { policyLabel } from './documents.ts';
import type { KyvernoOptions } from './options.ts';
import { type Unit, unitPrefix } from './units.ts';

export type KyvernoContext = EngineContext<KyvernoOptions>;

const maxOutputBytes = 128 * 1024 * 1024;
/** Not one of Kyverno's own: tells "no object satisfied a policy" from a success. */
const nothingJudgedExitCode = 3;

/**
 * `kyverno apply`, in a folder of ours. Never passed: `--exceptions*` (a change could exempt itself), `--cluster`, `--registry`,
 * `--audit-warn` (it would turn failures into warnings) and `--continue-on-fail` (it drops a resource that an error stopped at).
 */
export async function apply(context: KyvernoContext, resources: number, args: readonly string[]): Promise<ProcessResult> {
  if (context.tool === undefined) throw new GateError('INTERNAL', { message: 'kyverno was started without its binary' });
  const result = await context.ports.processes.run({
    executable: context.tool.path,
    args: [
      'apply',
      ...args,
      ...['--continue-on-error=false', '--remove-color', '--warn-no-pass', '--warn-exit-code', String(nothingJudgedExitCode)],
    ],
    cwd: context.workdir,
    env: { HOME: path.join(context.workdir, 'home'), LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1', ...collector(resources) },
    timeoutMs: context.timeoutMs,
    maxOutputBytes,
    // An offline `apply` asks nobody; a policy's service call or `http.Get` would.
    network: 'none',
    signal: context.signal,
    onStderrLine: (line) => context.ports.log.debug(`kyverno: ${line}`),
  });
  if (result.end === 'exited' && result.signal === undefined) return result;
  throw notEnded('kyverno', result, context, excerpt(result, []));
}

/**
 * To start costs Kyverno 1.6 s of processor time, of which Go's collector takes a quarter; it is let be where memory stays small, at some
 * 200 MB instead of 150.
 */
function collector(resources: number): Readonly<Record<string, string>> {
  return resources <= fewResources ? { GOGC: '400' } : {};
}
const fewResources = 100;

/** What Kyverno said, short enough for a message, with the users' names for policies. */
export function excerpt(result: Pick<ProcessResult, 'stdout' | 'stderr'>, units: readonly Unit[]): string {
  const text = wordsOf(result).slice(-800);
  return text === '' ? 'no output' : withNames(text, units);
}

/** Without notices of deprecation, which name every file, and reports. */
function wordsOf(result: Pick<ProcessResult, 'stdout' | 'stderr'>): string {
  return `${result.stdout}\n${result.stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('Warning: ') && !line.includes('{"kind":"ClusterReport"'))
    .join(' ');
}

const idPattern = new RegExp(`${unitPrefix}\\d{4,}`, 'g');

export function withNames(text: string, units: readonly Unit[]): string {
  return text.replaceAll(idPattern, (id) => {
    const unit = units.find((candidate) => candidate.id === id);
    return unit === undefined ? id : policyLabel(unit.document);
  });
}

/** The first unit that Kyverno's words name: one whose expression does not compile stops the whole run. */
export function unitNamedIn(result: Pick<ProcessResult, 'stdout' | 'stderr'>, units: readonly Unit[]): Unit | undefined {
  return (wordsOf(result).match(idPattern) ?? [])
    .map((id) => units.find((unit) => unit.id === id))
    .find((unit) => unit !== undefined);
}
