import { afterAll, beforeAll } from 'vitest';
import { startRegistry, type TestRegistry } from './registry.ts';
import { emptyFolder, removeTempFolders } from './temp-folders.ts';
import { pushTrivyDb } from './trivy-db.ts';

export interface TrivyRegistry {
  /** `127.0.0.1:41234` */
  readonly host: string;
  /** Reference of the database. */
  readonly database: string;
  /** One for all tests, so that the database is downloaded once. */
  readonly cacheDir: string;
}

/** A registry with the database of the tests, from the first to the last test of the block that calls it. */
export function useTrivyRegistry(executable: string | undefined): TrivyRegistry {
  let registry: TestRegistry | undefined;
  let [database, cacheDir] = ['', ''];
  beforeAll(async () => {
    registry = await startRegistry(executable ?? '');
    database = await pushTrivyDb({ host: registry.host, repository: 'trivy-db' });
    cacheDir = emptyFolder();
  });
  afterAll(() => {
    registry?.stop();
    removeTempFolders();
  });
  return {
    get host() {
      return registry?.host ?? '';
    },
    get database() {
      return database;
    },
    get cacheDir() {
      return cacheDir;
    },
  };
}
