// What dist is built from, as one SHA-256: sources, the lock file and the build itself. scripts/build.mjs writes it to dist/source.sha256, and tests
// that run dist compare it first. Not by time: git keeps none.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

export function sourceHash() {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `src/${name.replaceAll(path.sep, '/')}`);
  const hash = createHash('sha256');
  for (const name of [...sources, 'package-lock.json', 'scripts/build.mjs', 'tsconfig.json'].sort()) {
    const text = readFileSync(path.join(root, name));
    hash.update(`${name} ${text.length}\n`).update(text);
  }
  return hash.digest('hex');
}
