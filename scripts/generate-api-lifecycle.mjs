// `node scripts/generate-api-lifecycle.mjs`: writes src/engines/schema/api-lifecycle.json, when each API of Kubernetes is deprecated and removed
// and what replaces it, from the lifecycle functions in Kubernetes' own Go modules. Needs Go; the modules come through its proxy, with their
// checksums from the checksum database. A newer module of the list overrides an older one, which is read for what the newer has dropped.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const versions = ['v0.20.6', 'v0.22.5', 'v0.24.3', 'v0.26.9', 'v0.28.3', 'v0.30.14', 'v0.32.13', 'v0.34.4', 'v0.36.3', 'v0.37.2'];
const modules = [
  { name: 'k8s.io/api', packages: '.' },
  { name: 'k8s.io/apiextensions-apiserver', packages: 'pkg/apis/apiextensions' },
  { name: 'k8s.io/kube-aggregator', packages: 'pkg/apis/apiregistration' },
];
const output = path.join(import.meta.dirname, '../src/engines/schema/api-lifecycle.json');
const functions = /func \(in \*(\w+)\) APILifecycle(Deprecated|Removed|Replacement)\(\)[^{]*\{\s*return ([^\n]+)\n/g;

function download(name, version) {
  const empty = mkdtempSync(path.join(tmpdir(), 'lifecycle-'));
  try {
    return JSON.parse(execFileSync('go', ['mod', 'download', '-json', `${name}@${version}`], { cwd: empty, encoding: 'utf8' }));
  } finally {
    rmSync(empty, { recursive: true });
  }
}

function groupOf(folder) {
  for (const file of ['register.go', '../register.go']) {
    const register = path.join(folder, file);
    const [, group] = (existsSync(register) && /GroupName\s*=\s*"([^"]*)"/.exec(readFileSync(register, 'utf8'))) || [];
    if (group !== undefined) return group;
  }
  throw new Error(`${folder} names no API group`);
}

function readValue(what, text) {
  if (what !== 'Replacement') return text.split(', ').join('.');
  const [group, version, kind] = ['Group', 'Version', 'Kind'].map(
    (name) => new RegExp(`${name}: "([^"]*)"`).exec(text)?.[1] ?? '',
  );
  return `${group === '' ? '' : `${group}/`}${version} ${kind}`;
}

const apis = {};
const read = [];
for (const { name, packages } of modules) {
  for (const version of versions) {
    const { Dir, Sum } = download(name, version);
    read.push({ module: name, version, sum: Sum });
    const files = readdirSync(path.join(Dir, packages), { recursive: true }).filter((file) =>
      file.endsWith('zz_generated.prerelease-lifecycle.go'),
    );
    for (const file of files.map((found) => path.join(packages, found))) {
      const folder = path.join(Dir, path.dirname(file));
      const found = {};
      for (const [, kind, what, text] of readFileSync(path.join(Dir, file), 'utf8').matchAll(functions)) {
        if (kind.endsWith('List')) continue;
        found[kind] = { ...found[kind], [what.toLowerCase()]: readValue(what, text) };
      }
      const group = groupOf(folder);
      for (const [kind, lifecycle] of Object.entries(found))
        apis[`${group === '' ? '' : `${group}/`}${path.basename(folder)} ${kind}`] = lifecycle;
    }
  }
}
const sorted = Object.fromEntries(Object.entries(apis).sort(([one], [other]) => (one < other ? -1 : 1)));
writeFileSync(output, `${JSON.stringify({ modules: read, apis: sorted }, null, 1)}\n`);
console.log(`${Object.keys(sorted).length} APIs`);
