import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { blob, descriptor, pushImage } from './oci-image.ts';
import { tar } from './tar.ts';
import { emptyFolder } from './temp-folders.ts';
import { type Advisory, advisories } from './trivy-advisories.ts';

const source = path.join(import.meta.dirname, 'trivy-db');

/** The Go compiler that builds the database writer, or why there is none. */
export function goVersion(): string | undefined {
  try {
    return execFileSync('go', ['version'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Builds trivy-db/main.go once for each content of it, into the temporary folder of the machine. */
function databaseWriter(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(path.join(source, file)));
  const folder = path.join(tmpdir(), 'k8s-gate-test-tools');
  const executable = path.join(folder, `trivy-db-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(executable)) return executable;
  mkdirSync(folder, { recursive: true });
  const built = path.join(mkdtempSync(path.join(folder, 'build-')), 'trivy-db');
  execFileSync('go', ['build', '-trimpath', '-o', built, '.'], {
    cwd: source,
    stdio: 'pipe',
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  renameSync(built, executable);
  return executable;
}

export interface TestDatabase {
  readonly host: string;
  readonly repository: string;
  /** Default: now. */
  readonly updatedAt?: Date;
  /** When Trivy should look for a newer one; default: a day after `updatedAt`. */
  readonly nextUpdate?: Date;
  /** Default: all of trivy-advisories.ts. */
  readonly advisories?: readonly Advisory[];
}

/** Builds a small but real Trivy database and pushes it as the OCI artifact that Trivy downloads; answers with its reference. */
export async function pushTrivyDb(database: TestDatabase): Promise<string> {
  const updatedAt = database.updatedAt ?? new Date();
  const folder = emptyFolder();
  const file = path.join(folder, 'trivy.db');
  const input = JSON.stringify(entries(database.advisories ?? advisories));
  execFileSync(databaseWriter(), [file], { input });
  const metadata = {
    Version: 2,
    UpdatedAt: updatedAt,
    NextUpdate: database.nextUpdate ?? new Date(updatedAt.getTime() + 86_400_000),
    DownloadedAt: new Date(0),
  };
  const layer = blob(
    'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
    gzipSync(
      tar([
        { path: 'trivy.db', content: readFileSync(file) },
        { path: 'metadata.json', content: JSON.stringify(metadata) },
      ]),
    ),
  );
  const config = blob('application/vnd.aquasec.trivy.config.v1+json', '{}');
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const layers = [descriptor(layer, { 'org.opencontainers.image.title': 'db.tar.gz' })];
  const manifest = blob(
    manifestType,
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: descriptor(config), layers }),
  );
  return pushImage({ manifest, config, layers: [layer] }, database.host, database.repository, '2');
}

interface Entry {
  readonly buckets: readonly string[];
  readonly key: string;
  readonly value: unknown;
}

/** trivy-db, schema 2: `<source>/<package>/<id>` -> advisory, `vulnerability/<id>` -> description, `data-source/<source>` -> origin. */
function entries(list: readonly Advisory[]): readonly Entry[] {
  const places = new Map(list.map((advisory) => [advisory.source.bucket, advisory.source.origin]));
  return [
    ...[...places].map(([key, value]) => ({ buckets: ['data-source'], key, value })),
    ...list.map(({ source, packageName, id, advisory }) => ({ buckets: [source.bucket, packageName], key: id, value: advisory })),
    ...list.map(({ id, vulnerability }) => ({ buckets: ['vulnerability'], key: id, value: vulnerability })),
  ];
}
