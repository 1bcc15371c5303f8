import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tool } from '../../src/model/tool.ts';
import { emptyFolder } from './temp-folders.ts';

export interface Call {
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Text of the Docker configuration it was given, and the file's mode. */
  readonly docker?: string;
  readonly mode?: number;
}

export interface FakeTrivy {
  readonly tool: Tool;
  /** `image`, `sbom`, `filesystem`, `server`, `download`; those since the last time it was asked. */
  newCalls(): readonly (Call & { readonly what: string })[];
  /** The server dies at its next request. */
  killServer(): void;
  /** The server warns at each request. */
  warnByServer(): void;
}

/** trivy-fake.mjs as an executable that writes down how it was started. */
export function fakeTrivy(): FakeTrivy {
  const folder = emptyFolder();
  const executable = path.join(folder, 'trivy.mjs');
  const code = pathToFileURL(path.join(import.meta.dirname, 'trivy-fake.mjs')).href;
  writeFileSync(executable, `#!${process.execPath}\nimport { fakeTrivy } from '${code}';\nawait fakeTrivy('${folder}');\n`);
  chmodSync(executable, 0o755);
  const log = path.join(folder, 'calls');
  let seen = 0;
  return {
    tool: { id: 'trivy', path: executable, version: '0.74.0', sha256: 'f'.repeat(64) },
    newCalls() {
      const all: Call[] = existsSync(log)
        ? readFileSync(log, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [];
      const fresh = all.slice(seen).map((call) => ({
        ...call,
        what: call.args.includes('--download-db-only') ? 'download' : (call.args[0] ?? ''),
      }));
      seen = all.length;
      return fresh;
    },
    warnByServer: () => writeFileSync(path.join(folder, 'warn'), ''),
    killServer: () => writeFileSync(path.join(folder, 'die'), ''),
  };
}
