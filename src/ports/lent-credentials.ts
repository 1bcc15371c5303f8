import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Credential, hubKey } from './docker-credentials.ts';
import type { LentCredentials } from './ports.ts';

/** A Docker configuration with one registry in it, in a folder that only this user can enter. */
export async function lend(registry: string, credential: Credential, below: string): Promise<LentCredentials> {
  const folder = await mkdtemp(path.join(below, 'credentials-'));
  const { username, password, identityToken, registryToken } = credential;
  const auth = username === undefined ? undefined : Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  const entry = {
    ...(auth !== undefined && { auth }),
    ...(identityToken !== undefined && { identitytoken: identityToken }),
    ...(registryToken !== undefined && { registrytoken: registryToken }),
  };
  const key = registry === 'docker.io' ? hubKey : registry;
  await writeFile(path.join(folder, 'config.json'), JSON.stringify({ auths: { [key]: entry } }), { mode: 0o600, flag: 'wx' });
  const secrets = [password, identityToken, registryToken, auth].filter((value) => value !== undefined && value !== '');
  return {
    folder,
    conceal: (text) => secrets.reduce<string>((rest, secret) => rest.replaceAll(secret ?? '', '***'), text),
    release: () => rm(folder, { recursive: true, force: true }),
  };
}
