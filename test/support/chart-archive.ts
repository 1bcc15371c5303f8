import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { tar } from './tar.ts';

/** A chart as `helm package` writes it. */
export function chartArchive(name: string, version: string, files: Readonly<Record<string, string>> = {}): Buffer {
  const own = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
  return gzipSync(tar(Object.entries(own).map(([file, content]) => ({ path: `${name}/${file}`, content }))));
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

export interface IndexEntry {
  readonly version: string;
  readonly url: string;
  readonly digest?: string;
}

/** As `helm repo index` writes it. */
export function indexFile(charts: Readonly<Record<string, readonly IndexEntry[]>>): string {
  const lines = Object.entries(charts).flatMap(([name, versions]) => [
    `  ${name}:`,
    ...versions.flatMap(({ version, url, digest }) => [
      '  - apiVersion: v2',
      ...(digest === undefined ? [] : [`    digest: ${digest}`]),
      `    name: ${name}`,
      '    urls:',
      `    - ${url}`,
      `    version: ${version}`,
    ]),
  ]);
  return ['apiVersion: v1', 'entries:', ...lines, 'generated: "2026-01-01T00:00:00Z"', ''].join('\n');
}
