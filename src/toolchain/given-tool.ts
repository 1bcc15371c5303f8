import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import type { Tool } from '../model/tool.ts';
import type { Ports } from '../ports/ports.ts';
import { refuseDenied } from './deny-list.ts';
import type { LockedTool } from './lock-file.ts';

/** An executable that the user is responsible for. */
export interface GivenTool {
  /** Absolute. */
  readonly path: string;
  /** Hex; checked if given. */
  readonly sha256?: string;
}

/**
 * `/usr/bin/trivy` or `/usr/bin/trivy@sha256:<64 hex>`.
 * @throws GateError INPUT_INVALID for a relative path or an invalid hash.
 */
export function parseGivenTool(text: string): GivenTool {
  const match = /^(.*?)(?:@sha256:(.*))?$/s.exec(text);
  const [, path = '', sha256] = match ?? [];
  const invalid = (message: string, expected: string): GateError => new GateError('INPUT_INVALID', { message, expected });
  if (!path.startsWith('/'))
    throw invalid(
      `\`${text}\` is not a path of a tool`,
      'an absolute path, with @sha256:<64 hex digits> after it to verify the file',
    );
  if (sha256 === undefined) return { path };
  if (!/^[0-9a-fA-F]{64}$/.test(sha256)) throw invalid(`\`${sha256}\` is not a SHA-256`, '64 hex digits');
  return { path, sha256: sha256.toLowerCase() };
}

/** Throws INPUT_INVALID. A path for a misspelled name would not be used, and another executable would run instead. */
export function refuseUnknownTools(given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  throw new GateError('INPUT_INVALID', {
    message: `tool: there is no tool \`${unknown}\``,
    expected: near === undefined ? `one of ${known.join(', ')}` : `\`${near}\``,
    next: 'Correct the name before the `=`.',
  });
}

/** Checks the hash before the executable runs for the first time, which is when it is asked for its version. */
export async function useGivenTool(
  id: string,
  given: GivenTool,
  locked: LockedTool,
  ports: Pick<Ports, 'files' | 'processes' | 'log'>,
): Promise<Tool> {
  // A path of PATH is often a symlink, which is the user's choice: its target is hashed.
  if ((await ports.files.stat(given.path)) === undefined) {
    throw new GateError('TOOL_UNAVAILABLE', { file: given.path, message: `there is no such file, which was given as ${id}` });
  }
  const sha256 = await ports.files.sha256(given.path);
  if (given.sha256 !== undefined && given.sha256 !== sha256) {
    throw new GateError('TOOL_UNTRUSTED', {
      file: given.path,
      message: `its SHA-256 is ${sha256}`,
      expected: given.sha256,
      next: `Find out who changed this ${id}.`,
    });
  }
  const version = await readVersion(id, given.path, locked, ports);
  refuseDenied(id, version, given.path);
  const unchecked = given.sha256 === undefined ? ', not checked against any hash' : '';
  const other = version === locked.version ? '' : `; this k8s-gate was tested with ${locked.version}`;
  ports.log.info(`using ${id} ${version} at ${given.path}, as given${unchecked}${other}`);
  return { id, path: given.path, version, sha256 };
}

/**
 * The version that an executable prints; `unknown` if it prints none.
 * @throws GateError TOOL_UNAVAILABLE if it does not run here.
 */
export async function readVersion(
  id: string,
  executable: string,
  locked: LockedTool,
  { files, processes }: Pick<Ports, 'files' | 'processes'>,
): Promise<string> {
  if (locked.versionArgs === undefined) return 'unknown';
  const home = await files.makeTempDir('k8s-gate-version-');
  try {
    const result = await processes.run({
      executable,
      args: locked.versionArgs,
      cwd: home,
      env: { HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      timeoutMs: 60_000,
      maxOutputBytes: 100_000,
    });
    if (result.end !== 'exited' || result.exitCode !== 0) {
      const how = result.startError ?? (result.end === 'exited' ? `exit code ${result.exitCode ?? result.signal}` : result.end);
      throw new GateError('TOOL_UNAVAILABLE', { file: executable, message: `${id} does not run on this machine (${how})` });
    }
    return /\d+\.\d+\.\d+(?:-[\w.]+)?/.exec(result.stdout)?.[0] ?? 'unknown';
  } finally {
    await files.remove(home);
  }
}
