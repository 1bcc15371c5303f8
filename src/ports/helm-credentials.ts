import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { field } from './docker-credentials.ts';
import type { Log } from './ports.ts';
import { systemCode, whyNot } from './system-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Repository {
  readonly url: URL;
  readonly authorization: string;
}

/**
 * The credentials that `helm repo add --username` left on this machine, as a header for a URL of the same origin; of several, those of the longest
 * path above it. https://helm.sh/docs/helm/helm_repo_add/
 */
export function createHelmCredentials(system: { readonly env: Environment; readonly log: Log }) {
  let repositories: Promise<readonly Repository[]> | undefined;
  return async (url: URL): Promise<string | undefined> => {
    repositories ??= readRepositories(configFile(system.env), system.log);
    const ofHost = (await repositories).filter((one) => one.url.origin === url.origin);
    const above = ofHost.filter((one) => `${url.pathname}/`.startsWith(folderOf(one.url)));
    // Charts may be at another path than the index: Helm sends the password to the whole host as well.
    const [best] = (above.length > 0 ? above : ofHost).toSorted((a, b) => b.url.pathname.length - a.url.pathname.length);
    return best?.authorization;
  };
}

function folderOf({ pathname }: URL): string {
  return pathname.endsWith('/') ? pathname : `${pathname}/`;
}

function configFile({ HELM_REPOSITORY_CONFIG, HELM_CONFIG_HOME, XDG_CONFIG_HOME, HOME }: Environment): string | undefined {
  const config = HELM_CONFIG_HOME || path.join(XDG_CONFIG_HOME || (HOME ? path.join(HOME, '.config') : ''), 'helm');
  const file = HELM_REPOSITORY_CONFIG || path.join(config, 'repositories.yaml');
  return path.isAbsolute(file) ? file : undefined;
}

async function readRepositories(file: string | undefined, log: Log): Promise<readonly Repository[]> {
  if (file === undefined) return [];
  try {
    const content: unknown = parse(await readFile(file, 'utf8'));
    const list = field(content, 'repositories');
    return Array.isArray(list) ? list.flatMap((entry: unknown) => repositoryOf(entry) ?? []) : [];
  } catch (thrown) {
    // A parser's message quotes the text, and with it a password.
    const why = systemCode(thrown) === undefined ? 'it is not YAML' : whyNot(thrown);
    if (systemCode(thrown) !== 'ENOENT') log.warn(`${file} was not read, so its chart repositories get no credentials: ${why}`);
    return [];
  }
}

function repositoryOf(entry: unknown): Repository | undefined {
  const [url, username, password] = ['url', 'username', 'password'].map((key) => field(entry, key));
  if (typeof url !== 'string' || !URL.canParse(url) || typeof username !== 'string' || username === '') return undefined;
  const secret = `${username}:${typeof password === 'string' ? password : ''}`;
  return { url: new URL(url), authorization: `Basic ${Buffer.from(secret).toString('base64')}` };
}
