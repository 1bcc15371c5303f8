import { describe, expect, it } from 'vitest';
import { downloadArgs, imageArgs, manifestArgs, registryOf, sbomArgs } from './args.ts';
import { trivyOptionsSchema } from './options.ts';
import { environment, type TrivyFolders } from './workspace.ts';

const folders: TrivyFolders = {
  cwd: '/w/cwd',
  home: '/w/home',
  temp: '/w/tmp',
  reports: '/w/reports',
  config: '/w/trivy.yaml',
  ignoreFile: '/w/trivyignore',
  cache: '/cache',
  emptyCache: '/w/cache',
};
const options = trivyOptionsSchema.parse({});
const scan = {
  reference: 'shop/web:1',
  source: { kind: 'registry' },
  report: '/w/r.json',
  scanners: ['vuln', 'secret'],
  timeoutMs: 1_500,
} as const;

describe('arguments', () => {
  it.each([
    ['image', imageArgs(folders, options, scan)],
    ['manifests', manifestArgs(folders, { folder: '/w/m', report: '/w/r.json', scanners: ['misconfig'] })],
    ['sbom', sbomArgs(folders, { file: '/w/s.json', report: '/w/r.json' })],
  ])('of a scan name our own files and send nothing home: %s', (_, args) => {
    expect(args).toEqual(expect.arrayContaining(['--config', '/w/trivy.yaml', '--ignorefile', '/w/trivyignore']));
    expect(args).toEqual(expect.arrayContaining(['--skip-version-check', '--disable-telemetry', '--offline-scan']));
  });

  it('keep an image away from daemons and from the argument list', () => {
    expect(imageArgs(folders, options, { ...scan, reference: '--help' }).slice(-4)).toEqual([
      '--image-src',
      'remote',
      '--',
      '--help',
    ]);
  });

  it('scan an archive as a file', () => {
    const args = imageArgs(folders, options, { ...scan, source: { kind: 'archive', path: '/a/web.tar' } });
    expect(args.slice(-2)).toEqual(['--input', '/a/web.tar']);
    expect(args).not.toContain('shop/web:1');
  });

  it('use the database of a server where one is given', () => {
    const args = imageArgs(folders, options, { ...scan, server: 'http://127.0.0.1:4954' });
    expect(args).toContain('--server');
    expect(args).not.toContain('--skip-db-update');
  });

  it('download from a mirror', () => {
    expect(downloadArgs(folders, 'vulnerability', { repository: 'r/db:2', into: '/new' })).toEqual(
      expect.arrayContaining(['--cache-dir', '/new', '--download-db-only', '--db-repository', 'r/db:2']),
    );
    expect(downloadArgs(folders, 'java', { repository: 'r/java:1', into: '/new' })).toEqual(
      expect.arrayContaining(['--download-java-db-only', '--java-db-repository', 'r/java:1']),
    );
  });

  it.each([
    ['nginx', 'docker.io'],
    ['nginx:1.25', 'docker.io'],
    ['team/app', 'docker.io'],
    ['localhost/app', 'localhost'],
    ['registry.example/app@sha256:00', 'registry.example'],
    ['127.0.0.1:5000/app:1', '127.0.0.1:5000'],
  ])('know the registry of %s', (reference, registry) => {
    expect(registryOf(reference)).toBe(registry);
  });
});

describe('the environment', () => {
  it('inherits nothing of our environment', () => {
    const names = Object.keys(environment(folders));
    expect(names.filter((name) => /^(GITHUB|ACTIONS|INPUT|RUNNER|TRIVY|AWS|DOCKER_HOST|PATH)/.test(name))).toEqual([]);
  });
});

describe('options', () => {
  it('have defaults', () => {
    expect(options).toEqual({
      scanners: ['vuln', 'misconfig', 'secret'],
      db: { maxAge: '7d', skipUpdate: false },
      insecureRegistries: [],
      ignoreUnfixed: false,
      updates: 'off',
      imageTimeout: '10m',
      parallel: 4,
      credentials: 'runner',
    });
  });

  it.each([
    ['an unknown key', { scanner: ['vuln'] }],
    ['an unknown scanner', { scanners: ['license'] }],
    ['no scanner', { scanners: [] }],
    ['an argument for a repository', { db: { repository: '--insecure' } }],
    ['a list without a repository', { db: { repository: [] } }],
    ['credentials of its own', { credentials: 'user:password' }],
    ['an age without unit', { db: { maxAge: '72' } }],
    ['a server that is not a URL', { server: '--token' }],
  ])('refuse %s', (_, value) => {
    expect(trivyOptionsSchema.safeParse(value).success).toBe(false);
  });
});
