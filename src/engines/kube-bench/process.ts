import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import type { ProcessResult } from '../../ports/ports.ts';
import type { EngineContext } from '../engine.ts';
import { runProcess } from '../run-process.ts';
import type { KubeBenchOptions } from './options.ts';

export type KubeBenchContext = EngineContext<KubeBenchOptions>;

const maxOutputBytes = 64 * 1024 * 1024;
/** kube-bench runs `ps`, `stat`, `grep` and other tools; it inherits nothing else of our environment. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The executable for `run`. It does not come from the toolchain: `Engine.tool` applies to every run of an engine, but most users only import
 * result files and must not need a binary. So it is the user's own, not verified, which the notes state.
 */
export async function findExecutable({ ports, options, workspace }: KubeBenchContext): Promise<string> {
  const found = options.path ?? (await ports.processes.find('kube-bench'));
  if (found === undefined || (await ports.files.stat(found)) === undefined) {
    throw new GateError('TOOL_UNAVAILABLE', {
      message: options.path === undefined ? 'there is no kube-bench on the PATH' : `${options.path} does not exist`,
      expected: 'kube-bench, because `engines.kube-bench.run` is true',
      next: 'Install it and set `engines.kube-bench.path`, or import a result file with `engines.kube-bench.results`.',
    });
  }
  if (!path.relative(workspace, found).startsWith('..')) {
    throw new GateError('TOOL_UNTRUSTED', {
      message: `${found} is part of the repository`,
      expected: 'an executable that a change cannot replace',
      next: 'Install kube-bench outside the repository.',
    });
  }
  return found;
}

/** `kube-bench run --json`. Its exit code is 0 regardless of failed tests (`--exit-code` is never passed). */
export async function runBench(context: KubeBenchContext, executable: string): Promise<string> {
  const result = await start(context, executable, [
    'run',
    '--json',
    ...(await configArgs(context, executable)),
    ...(context.options.benchmark === undefined ? [] : ['--benchmark', context.options.benchmark]),
    ...(context.options.targets.length === 0 ? [] : ['--targets', context.options.targets.join(',')]),
  ]);
  // Without access to a cluster, it falls back to the benchmark of Kubernetes 1.18 and exits with 0.
  if (result.exitCode === 0 && context.options.benchmark === undefined && /not auto-detected/.test(result.stderr)) {
    throw new GateError('ENGINE_FAILED', {
      message: "kube-bench could not detect the cluster's version and used an old benchmark",
      expected: 'access to the cluster, or the name of a benchmark',
      next: 'Set `engines.kube-bench.benchmark`, such as cis-1.11.',
    });
  }
  if (result.exitCode === 0) return result.stdout;
  throw new GateError('ENGINE_FAILED', {
    message: `kube-bench ended with exit code ${result.exitCode ?? 'none'}: ${excerpt(result)}`,
    expected: 'exit code 0',
    next: 'kube-bench needs a node of the cluster, root, and its `cfg` folder (`engines.kube-bench.configDir`).',
  });
}

export async function versionOf(context: KubeBenchContext, executable: string): Promise<string> {
  const result = await start(context, executable, ['version']);
  const version = result.stdout.trim();
  return result.exitCode === 0 && /^v?\d[\w.+-]{0,40}$/.test(version) ? version.replace(/^v/, '') : 'unknown';
}

async function configArgs({ ports, options }: KubeBenchContext, executable: string): Promise<readonly string[]> {
  if (options.configDir !== undefined) return ['--config-dir', options.configDir];
  const beside = path.join(path.dirname(executable), 'cfg');
  return (await ports.files.stat(beside))?.kind === 'folder' ? ['--config-dir', beside] : [];
}

function start(context: KubeBenchContext, executable: string, args: readonly string[]): Promise<ProcessResult> {
  return runProcess(context, { name: 'kube-bench', executable, args, env: { PATH: systemPath }, maxOutputBytes, excerpt });
}

function excerpt({ stdout, stderr }: ProcessResult): string {
  const text = `${stderr} ${stdout}`.replaceAll(/\s+/g, ' ').trim().slice(-600);
  return text === '' ? 'no output' : text;
}
