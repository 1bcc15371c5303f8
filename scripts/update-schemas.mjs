// `npm run update-schemas`: writes openapi/kubernetes.json and src/model/discovery.json from the OpenAPI and discovery files of the
// Kubernetes releases below. A maintainer runs it for a new release, and reviews the difference: one line is one definition. CI does not,
// since it downloads 200 MB. Needs Go; the go command verifies each module by the checksum database, and its hash is in the output.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reduceDefinition } from './schemas/reduce.mjs';

/** The newest patch release of each supported minor, oldest first. */
const releases = ['1.33.13', '1.34.4', '1.35.4', '1.36.3', '1.37.2'];
const root = path.dirname(import.meta.dirname);

const sources = releases.map(download);
writeFileSync(path.join(root, 'openapi/kubernetes.json'), schemaFile());
writeFileSync(path.join(root, 'src/model/discovery.json'), discoveryFile());
for (const { module, version, sum } of sources) console.log(`${module} ${version} ${sum}`);

function download(release) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'k8s-gate-schemas-'));
  try {
    const module = 'k8s.io/kubernetes';
    const env = { ...process.env, GOFLAGS: '-mod=mod' };
    const text = execFileSync('go', ['mod', 'download', '-json', `${module}@v${release}`], { cwd, env, encoding: 'utf8' });
    const { Version: version, Sum: sum, Dir: folder } = JSON.parse(text);
    const read = (file) => JSON.parse(readFileSync(path.join(folder, 'api', file), 'utf8'));
    const minor = Number(release.split('.')[1]);
    const swagger = read('openapi-spec/swagger.json');
    return { module, version, sum, minor, definitions: swagger.definitions, resources: resourcesOf(read) };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** What objects can be created of, by the discovery of the API server: no subresources. */
function resourcesOf(read) {
  const core = read('discovery/api__v1.json').resources.map((one) => ({
    ...one,
    scope: one.namespaced,
    group: '',
    version: 'v1',
  }));
  const others = read('discovery/aggregated_v2.json').items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources.map((one) => ({
        ...{ verbs: one.verbs, kind: one.responseKind.kind, name: one.resource },
        ...{ scope: one.scope === 'Namespaced', group: metadata.name, version },
      })),
    ),
  );
  return [...core, ...others]
    .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('create'))
    .map(({ group, version, kind, name, scope }) => ({ group, version, kind, plural: name, namespaced: scope }));
}

/** Definitions by name, each with its content by the minor that it changed in. null: it is gone. */
function schemaFile() {
  const definitions = new Map();
  const kinds = new Map();
  for (const { minor, definitions: all, resources } of sources) {
    const wanted = new Set(resources.map(({ group, version, kind }) => [group, version, kind].join('/')));
    const reduced = new Map();
    for (const [name, definition] of Object.entries(all)) {
      const [short, content] = reduceDefinition(name, definition);
      if (reduced.has(short)) throw new Error(`two definitions have the short name ${short}`);
      reduced.set(short, content);
      for (const gvk of definition['x-kubernetes-group-version-kind'] ?? []) {
        const key = [gvk.group, gvk.version, gvk.kind].join('/');
        if (wanted.has(key) && definition.properties?.metadata !== undefined) kinds.set(key, short);
      }
    }
    const missing = [...wanted].filter((key) => !kinds.has(key));
    if (missing.length > 0) throw new Error(`no schema for ${missing.join(', ')}`);
    const used = reachable(reduced, wanted, kinds);
    for (const name of new Set([...definitions.keys(), ...used])) {
      const history = definitions.get(name) ?? {};
      const now = used.has(name) ? reduced.get(name) : null;
      const before = Object.values(history).at(-1);
      if (JSON.stringify(before ?? null) !== JSON.stringify(now)) history[minor] = now;
      definitions.set(name, history);
    }
  }
  const from = sources.map(({ minor, module, version, sum }) => ({ minor, module, version, sum }));
  const lines = (map) =>
    [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{"sources":${JSON.stringify(from)},\n"kinds":{\n${lines(kinds).join(',\n')}\n},\n"definitions":{\n${lines(definitions).join(',\n')}\n}}\n`;
}

function reachable(reduced, wanted, kinds) {
  const used = new Set([...wanted].map((key) => kinds.get(key)));
  for (const name of used)
    for (const [, to] of JSON.stringify(reduced.get(name)).matchAll(/"#([^"]+)"/g)) {
      if (!reduced.has(to)) throw new Error(`${name} refers to ${to}, which does not exist`);
      used.add(to);
    }
  return used;
}

/** Kinds by group, in lines that a person can review. */
function discoveryFile() {
  const rows = new Map();
  for (const { minor, resources } of sources)
    for (const { group, version, kind, plural, namespaced } of resources) {
      const key = JSON.stringify([group, kind]);
      const row = rows.get(key) ?? { group, kind, plural, namespaced, versions: {} };
      if (row.plural !== plural || row.namespaced !== namespaced)
        throw new Error(`${group} ${kind} is not the same in every release`);
      const [first, last] = row.versions[version] ?? [minor, minor];
      if (minor > last + 1) throw new Error(`${group}/${version} ${kind} came back`);
      row.versions[version] = [first, minor];
      rows.set(key, row);
    }
  const [oldest, newest] = [sources[0].minor, sources.at(-1).minor];
  const spanOf = ([first, last]) => (first === oldest && last === newest ? '' : `:${first}-${last}`);
  const lines = [...rows.values()]
    .toSorted((a, b) => (JSON.stringify([a.group, a.kind]) < JSON.stringify([b.group, b.kind]) ? -1 : 1))
    .map(({ group, kind, plural, namespaced, versions }) => {
      const spans = Object.entries(versions).map(([version, span]) => `${version}${spanOf(span)}`);
      return `${group || '-'} ${kind} ${plural} ${namespaced ? 'namespaced' : 'cluster'} ${spans.join(' ')}`;
    });
  return `${JSON.stringify({ minors: sources.map(({ minor }) => minor), kinds: lines }, null, 2)}\n`;
}
