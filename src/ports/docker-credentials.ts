import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log, Processes } from './ports.ts';
import { systemCode, whyNot } from './system-error.ts';

/** Who asks a registry. Leaves `ports/` only in a file for one process (`lent-credentials.ts`). */
export interface Credential {
  readonly username?: string;
  readonly password?: string;
  /** Exchanged for a token by the registry (OAuth2 refresh token). */
  readonly identityToken?: string;
  readonly registryToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;
const helperMs = 15_000;
/** Secrets of the gate itself. A helper is the runner's own program and gets everything else, as from `docker`. */
const ours = /^(INPUT_|ACTIONS_|GITHUB_TOKEN$|GH_TOKEN$)/;

/**
 * The credentials that `docker login` or `podman login` left on this machine: the file, its store and its helpers; Docker's come first.
 * https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export function createDockerCredentials(system: {
  readonly env: Environment;
  readonly processes: Processes;
  readonly log: Log;
}): (registry: string, signal: AbortSignal) => Promise<Credential | undefined> {
  let configs: Promise<readonly DockerConfig[]> | undefined;
  return async (registry, signal) => {
    configs ??= Promise.all(configFiles(system.env).map((file) => readConfig(file, system.log)));
    for (const { auths, helpers, store } of await configs) {
      for (const helper of [helpers.get(registry), store]) {
        const found = helper === undefined ? undefined : await askHelper(system, helper, registry, signal);
        if (found !== undefined) return found;
      }
      const found = auths.get(registry);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Docker Hub has this name in every Docker configuration. */
export const hubKey = 'https://index.docker.io/v1/';

interface DockerConfig {
  /** By registry: `docker.io`, `registry.example:5000`. */
  readonly auths: ReadonlyMap<string, Credential>;
  readonly helpers: ReadonlyMap<string, string>;
  readonly store: string | undefined;
}

/** Docker's, then Podman's: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function configFiles({ DOCKER_CONFIG, HOME, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR }: Environment): readonly string[] {
  const docker = DOCKER_CONFIG || (HOME && path.join(HOME, '.docker'));
  const podman = REGISTRY_AUTH_FILE || (XDG_RUNTIME_DIR && path.join(XDG_RUNTIME_DIR, 'containers', 'auth.json'));
  return [docker && path.join(docker, 'config.json'), podman].flatMap((file) => (file && path.isAbsolute(file) ? [file] : []));
}

async function readConfig(file: string, log: Log): Promise<DockerConfig> {
  try {
    const config: unknown = JSON.parse(await readFile(file, 'utf8'));
    const helpers = entries(field(config, 'credHelpers')).flatMap(([key, name]) => byHost(key, helperName(name)));
    const auths = entries(field(config, 'auths')).flatMap(([key, entry]) => byHost(key, credentialOf(entry)));
    return { auths: new Map(auths), helpers: new Map(helpers), store: helperName(field(config, 'credsStore')) };
  } catch (thrown) {
    // A parser's message quotes the text, and with it a password.
    const why = thrown instanceof SyntaxError ? 'it is not JSON' : whyNot(thrown);
    if (systemCode(thrown) !== 'ENOENT') log.warn(`${file} was not read, so its registries get no credentials: ${why}`);
    return { auths: new Map(), helpers: new Map(), store: undefined };
  }
}

/** A key with a path of its own (Podman's `registry/team`) is not for the whole registry, and is skipped. */
function byHost<Value>(key: string, value: Value | undefined): readonly (readonly [string, Value])[] {
  const match = /^(?:https?:\/\/)?([^/]+)(?:\/(?:v[12]\/?)?)?$/i.exec(key);
  const host = match?.[1]?.toLowerCase();
  if (host === undefined || value === undefined) return [];
  return [[['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host, value]];
}

function credentialOf(entry: unknown): Credential | undefined {
  const decoded = Buffer.from(text(entry, 'auth') ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const username = colon > 0 ? decoded.slice(0, colon) : text(entry, 'username');
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, '') : text(entry, 'password');
  const [identityToken, registryToken] = [text(entry, 'identitytoken'), text(entry, 'registrytoken')];
  const basic = username !== undefined && password !== undefined ? { username, password } : {};
  const found = {
    ...basic,
    ...(identityToken !== undefined && { identityToken }),
    ...(registryToken !== undefined && { registryToken }),
  };
  return Object.keys(found).length === 0 ? undefined : found;
}

async function askHelper(
  { env, processes, log }: { readonly env: Environment; readonly processes: Processes; readonly log: Log },
  name: string,
  registry: string,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const executable = await processes.find(`docker-credential-${name}`);
  if (executable === undefined) {
    log.warn(`docker-credential-${name}, which the Docker configuration names, is not on the PATH`);
    return undefined;
  }
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !ours.test(entry[0]));
  const ended = await processes.run({
    ...{ executable, args: ['get'], cwd: path.parse(executable).root, env: Object.fromEntries(kept), signal },
    ...{ stdin: registry === 'docker.io' ? hubKey : registry, timeoutMs: helperMs, maxOutputBytes: 1024 * 1024 },
  });
  if (ended.exitCode !== 0 || ended.end !== 'exited') {
    // Not its output, which may be the secret. Usually it has none.
    log.debug(`docker-credential-${name} has nothing for ${registry} (${ended.exitCode ?? ended.end})`);
    return undefined;
  }
  try {
    const answer: unknown = JSON.parse(ended.stdout);
    const [username, secret] = [text(answer, 'Username'), text(answer, 'Secret')];
    if (secret === undefined) return undefined;
    return username === '<token>' ? { identityToken: secret } : { username: username ?? '', password: secret };
  } catch {
    log.warn(`docker-credential-${name} did not answer with JSON for ${registry}`);
    return undefined;
  }
}

/** A name that becomes part of a file name on the PATH. */
function helperName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9][\w.-]*$/.test(value) ? value : undefined;
}

export function field(value: unknown, name: string): unknown {
  return Object.fromEntries(entries(value))[name];
}

function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
