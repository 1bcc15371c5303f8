// The npm package of a release: the same files, without what npm would otherwise install or run.
//   npm.mjs ARCHIVE FOLDER   writes k8s-gate-npm-VERSION.tgz into FOLDER, from k8s-gate-VERSION.tgz
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [archive, out] = process.argv.slice(2);
if (archive === undefined || out === undefined) throw new Error('expected npm.mjs ARCHIVE FOLDER');
const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-npm-'));
try {
  execFileSync('tar', ['-xzf', path.resolve(archive), '-C', folder]);
  const [top = ''] = readdirSync(folder);
  const file = path.join(folder, top, 'package.json');
  const { name, version, description, license, type, bin, engines } = JSON.parse(readFileSync(file, 'utf8'));
  // dist has everything bundled: no dependency is installed, and no script runs.
  writeFileSync(file, `${JSON.stringify({ name, version, description, license, type, bin, engines }, null, 2)}\n`);
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const packed = execFileSync('npm', args, { cwd: path.join(folder, top), encoding: 'utf8' }).trim();
  // The archive of the release has the name that npm gives it.
  renameSync(path.join(folder, packed), path.join(folder, 'packed'));
  execFileSync('cp', [path.join(folder, 'packed'), path.join(path.resolve(out), `${name}-npm-${version}.tgz`)]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
