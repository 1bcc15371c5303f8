import path from 'node:path';
import type { EngineContext } from '../engine.ts';
import type { TrivyOptions } from './options.ts';

/** Everything Trivy may read or write besides its input, all below the engine's own folder except for the database. */
export interface TrivyFolders {
  /** Empty: Trivy reads `trivy.yaml`, `.trivyignore` and `trivy-secret.yaml` from its working directory. */
  readonly cwd: string;
  readonly home: string;
  readonly temp: string;
  readonly reports: string;
  /** Empty files, passed explicitly so that Trivy does not look for files of the change. */
  readonly config: string;
  readonly ignoreFile: string;
  /** The persistent folder of the vulnerability database. */
  readonly cache: string;
  /** For scans that must not use a cached bundle of checks. */
  readonly emptyCache: string;
}

export async function layOut(context: EngineContext<TrivyOptions>): Promise<TrivyFolders> {
  const below = (name: string): string => path.join(context.workdir, name);
  const folders: TrivyFolders = {
    cwd: below('cwd'),
    home: below('home'),
    temp: below('tmp'),
    reports: below('reports'),
    config: below('config/trivy.yaml'),
    ignoreFile: below('config/trivyignore'),
    cache: path.join(context.cacheDir, 'trivy'),
    emptyCache: below('cache'),
  };
  const { files } = context.ports;
  for (const folder of [folders.cwd, folders.home, folders.temp, folders.reports, folders.cache, folders.emptyCache]) {
    await files.makeDir(folder);
  }
  await files.write(folders.config, '');
  await files.write(folders.ignoreFile, '');
  return folders;
}

/** Nothing is inherited: no token, no `TRIVY_*`, no Docker configuration or socket, no proxy. */
export function environment(folders: TrivyFolders): Readonly<Record<string, string>> {
  return {
    HOME: folders.home,
    TMPDIR: folders.temp,
    XDG_CACHE_HOME: path.join(folders.home, '.cache'),
    XDG_CONFIG_HOME: path.join(folders.home, '.config'),
    XDG_DATA_HOME: path.join(folders.home, '.local/share'),
    DOCKER_CONFIG: path.join(folders.home, '.docker'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NO_COLOR: '1',
  };
}
