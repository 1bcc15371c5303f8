import type { ImageSource } from '../../model/image.ts';
import type { TrivyOptions } from './options.ts';
import type { TrivyFolders } from './workspace.ts';

/** Argument vectors of Trivy 0.74. Pure: https://trivy.dev/docs/v0.74/guide/references/configuration/cli/trivy/ */
type Args = readonly string[];

/** Common arguments: our files instead of those Trivy would look for, and no network except for images and databases. */
function scanArgs(folders: TrivyFolders, report: string): Args {
  return [
    ...['--config', folders.config],
    ...['--ignorefile', folders.ignoreFile],
    ...['--format', 'json'],
    ...['--output', report],
    ...['--exit-code', '0'],
    // Parallel processes would block each other at the lock of the disk cache.
    ...['--cache-backend', 'memory'],
    '--offline-scan',
    '--skip-version-check',
    '--disable-telemetry',
    '--no-progress',
  ];
}

/** Misconfigurations and secrets of the canonical files. Uses the checks built into the binary, so that they are pinned with it. */
export function manifestArgs(
  folders: TrivyFolders,
  scan: { readonly folder: string; readonly report: string; readonly scanners: Args; readonly secretConfig?: string },
): Args {
  return [
    'filesystem',
    ...scanArgs(folders, scan.report),
    ...['--cache-dir', folders.emptyCache],
    ...['--scanners', scan.scanners.join(',')],
    ...['--misconfig-scanners', 'kubernetes'],
    '--skip-check-update',
    ...(scan.secretConfig === undefined ? [] : ['--secret-config', scan.secretConfig]),
    scan.folder,
  ];
}

function databaseArgs(folders: TrivyFolders, server: string | undefined): Args {
  return [
    ...['--cache-dir', folders.cache],
    // Databases are downloaded before any scan, and never by two processes at a time.
    ...(server === undefined ? ['--skip-db-update'] : ['--server', server]),
  ];
}

/** A server for this run only. Its layer cache is in memory: on disk, another job could replace it before the next run. */
export function serverArgs(folders: TrivyFolders, address: string): Args {
  return [
    'server',
    ...['--config', folders.config],
    ...['--listen', address],
    ...['--cache-dir', folders.cache],
    ...['--cache-backend', 'memory'],
    '--skip-db-update',
    '--no-progress',
  ];
}

export interface ImageScan {
  /** Its reference at the relay. */
  readonly reference: string;
  readonly source: ImageSource;
  readonly report: string;
  readonly scanners: Args;
  readonly timeoutMs: number;
  readonly secretConfig?: string;
  readonly server?: string;
}

export function imageArgs(folders: TrivyFolders, options: TrivyOptions, scan: ImageScan): Args {
  const secrets = scan.scanners.includes('secret');
  return [
    'image',
    ...scanArgs(folders, scan.report),
    ...databaseArgs(folders, scan.server),
    '--skip-java-db-update',
    ...['--scanners', scan.scanners.join(',')],
    ...(secrets ? ['--image-config-scanners', 'secret'] : []),
    ...(scan.secretConfig === undefined ? [] : ['--secret-config', scan.secretConfig]),
    ...(options.ignoreUnfixed ? ['--ignore-unfixed'] : []),
    ...['--timeout', `${Math.ceil(scan.timeoutMs / 1000)}s`],
    // A daemon's socket gives root access to the machine: images only come from a registry or a file.
    ...(scan.source.kind === 'registry' ? ['--image-src', 'remote', '--', scan.reference] : ['--input', scan.source.path]),
  ];
}

export function sbomArgs(
  folders: TrivyFolders,
  scan: {
    readonly file: string;
    readonly report: string;
    readonly server?: string | undefined;
    readonly scanners?: Args;
    readonly ignoreUnfixed?: boolean;
  },
): Args {
  const { file, report, server, scanners = ['vuln'], ignoreUnfixed = false } = scan;
  return [
    'sbom',
    ...scanArgs(folders, report),
    ...databaseArgs(folders, server),
    ...['--scanners', scanners.join(',')],
    ...(ignoreUnfixed ? ['--ignore-unfixed'] : []),
    file,
  ];
}

export type Database = 'vulnerability' | 'java';

export function downloadArgs(
  folders: Pick<TrivyFolders, 'config'>,
  database: Database,
  from: { readonly repository: string | undefined; readonly into: string },
): Args {
  const java = database === 'java';
  const { repository } = from;
  return [
    'image',
    ...['--config', folders.config],
    ...['--cache-dir', from.into],
    java ? '--download-java-db-only' : '--download-db-only',
    ...(repository === undefined ? [] : [java ? '--java-db-repository' : '--db-repository', repository]),
    '--skip-version-check',
    '--disable-telemetry',
    '--no-progress',
  ];
}

/** Host (and port) of an image reference's registry, by Docker's rule: a first part without dot or colon is not a host, unless `localhost`. */
export function registryOf(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash === -1 ? '' : reference.slice(0, slash);
  return /[.:]/.test(first) || first === 'localhost' ? first : 'docker.io';
}
