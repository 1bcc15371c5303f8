// The local part of a release (.github/workflows/release.yml); release-github.mjs is the part that uses GitHub.
//   release.mjs check-version TAG   the tag, package.json, package-lock.json and CHANGELOG.md name one version, and the tag is HEAD
//   release.mjs notes               the section of CHANGELOG.md about this version
//   release.mjs pack FOLDER         archive, npm package, Homebrew formula, SBOM and checksums: reproducible for each commit
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** What a user needs: both programs, what they read, and what `init` copies. */
const packed = [
  'action.yml',
  'dist',
  'policies',
  'openapi',
  'engines',
  'tools.lock.json',
  'package.json',
  'schemas',
  'examples/workflows',
  'README.md',
  'LICENSE',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs',
  'packaging',
];
const root = process.cwd();
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const { version } = JSON.parse(read('package.json'));

const commands = { 'check-version': checkVersion, notes: () => process.stdout.write(`${notes()}\n`), pack };
const [name = '', ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name)
    ? commands[name]
    : fail(`there is no command ${JSON.stringify(name)}`, Object.keys(commands).join(', '));
  command(...args);
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}

function fail(message, expected) {
  throw new Error(`${message}; expected ${expected}`);
}

function checkVersion(tag = '') {
  if (!/^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(tag)) fail(`${JSON.stringify(tag)} is not a release tag`, 'vX.Y.Z');
  if (tag !== `v${version}`)
    fail(`the tag is ${tag} and package.json has ${version}`, `"version": "${tag.slice(1)}" in package.json`);
  const lock = JSON.parse(read('package-lock.json'));
  for (const locked of [lock.version, lock.packages?.['']?.version])
    if (locked !== version) fail(`package-lock.json has ${locked}`, `${version}: run \`npm install --package-lock-only\``);
  notes();
  // A tag that moved since the checkout would put another commit's name on these files.
  const [tagged, head] = [git('rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`), git('rev-parse', 'HEAD')];
  if (tagged !== head) fail(`${tag} is ${tagged} and ${head} is checked out`, 'one commit');
  console.log(`${tag} is ${version} at ${head}`);
}

function notes() {
  const [, ...sections] = read('CHANGELOG.md').split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  if (section === undefined) fail(`CHANGELOG.md has no section for ${version}`, `a line "## [${version}] - YYYY-MM-DD"`);
  const [title, ...lines] = section.split('\n');
  if (!/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}$/.test(title)) fail(`CHANGELOG.md: "## ${title}"`, `"## [${version}] - YYYY-MM-DD"`);
  const text = lines.join('\n').trim();
  return text === '' ? fail(`CHANGELOG.md has no text about ${version}`, 'what changed for users') : text;
}

function pack(folder = '') {
  if (folder === '') fail('no folder was given', 'release.mjs pack FOLDER');
  const out = path.resolve(root, folder);
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0) fail(`${folder} is not empty`, 'an empty folder');
  const missing = packed.filter((file) => !existsSync(path.join(root, file)));
  if (missing.length > 0) fail(`missing: ${missing.join(', ')}`, 'everything that is packed');
  if (git('status', '--porcelain', '--', ...packed) !== '') fail('what is packed is not what is committed', 'a clean checkout');

  const archive = path.join(out, `k8s-gate-${version}.tgz`);
  // From git's objects, without files that a build or a test left behind. Times are those of the commit, so the bytes are reproducible.
  const tar = execFileSync('git', ['archive', '--format=tar', `--prefix=k8s-gate-${version}/`, 'HEAD', '--', ...packed], {
    cwd: root,
    maxBuffer: 1 << 30,
  });
  writeFileSync(archive, gzipSync(tar, { level: 9 }));
  requireThatItStarts(archive);
  execFileSync(process.execPath, [path.join(root, 'packaging/npm.mjs'), archive, out]);
  writeFileSync(path.join(out, 'k8s-gate.rb'), formula(archive));
  writeFileSync(path.join(out, `k8s-gate-${version}.cdx.json`), sbom());
  const sums = readdirSync(out)
    .toSorted()
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(path.join(out, file)))
          .digest('hex')}  ${file}\n`,
    );
  writeFileSync(path.join(out, 'SHA256SUMS'), sums.join(''));
  process.stdout.write(sums.join(''));
}

/** The formula for a tap of Homebrew, which downloads this archive. */
function formula(archive) {
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
  return read('packaging/homebrew.rb').replaceAll('@VERSION@', version).replaceAll('@SHA256@', sha256);
}

/** The command, as it comes out of the archive, in a folder that has nothing else. */
function requireThatItStarts(archive) {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8s-gate-release-'));
  try {
    execFileSync('tar', ['-x', '-C', folder], { input: gunzipSync(readFileSync(archive)) });
    const cli = path.join(folder, `k8s-gate-${version}`, 'dist', 'cli', 'index.js');
    const said = execFileSync(process.execPath, [cli, '--version'], { cwd: folder, encoding: 'utf8' }).trim();
    if (said !== version) fail(`the packed command prints ${said}`, version);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * CycloneDX, of what the bundles in dist consist of, without npm's random serial number and the time. `npm sbom --omit dev` would
 * omit packages that development tools need, too (npm 11.19.1 drops yaml and zod here), so development-only packages are removed here.
 */
function sbom() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { serialNumber, ...bom } = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }));
  const forDevelopment = ({ properties }) => properties?.some(({ name }) => name === 'cdx:npm:package:development');
  bom.components = bom.components.filter((component) => !forDevelopment(component));
  const kept = new Set(bom.components.map((component) => component['bom-ref']));
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref) || ref === bom.metadata.component['bom-ref'])
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  bom.metadata.timestamp = new Date(Number(git('log', '-1', '--format=%ct')) * 1000).toISOString();
  bom.metadata.component.name = 'k8s-gate'; // npm takes the folder's name
  return `${JSON.stringify(bom, null, 2)}\n`;
}
