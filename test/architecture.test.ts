import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands/registry.ts';
import { engines } from '../src/engines/registry.ts';
import { publishers, reporters } from '../src/reports/registry.ts';

const root = path.join(import.meta.dirname, '..');
const src = path.join(root, 'src');

/**
 * Who may import whom: folder -> what its files may import in addition to their own folder. `ports` means ports/ports.ts, types only.
 * docs/architecture.md shows the same table and explains it.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  model: ['npm:zod'],
  yaml: ['model', 'npm:yaml', 'npm:js-yaml'],
  ports: [
    'model',
    'npm:@actions/core',
    'npm:@actions/github',
    'npm:@actions/http-client',
    'npm:@octokit/plugin-retry',
    'npm:@octokit/plugin-throttling',
    'npm:tuf-js',
    'npm:undici',
    'npm:yaml',
    'node:*',
  ],
  inputs: [
    'model',
    'yaml',
    'ports',
    'licenses',
    'engines/registry',
    'engines/engine',
    'reports/registry',
    'reports/reporter',
    'reports/publisher',
    'npm:zod',
    'node:path',
    'node:util',
  ],
  sources: ['model', 'yaml', 'ports', 'npm:zod', 'node:path', 'node:crypto'],
  gitops: ['model', 'yaml', 'npm:zod', 'npm:picomatch', 'npm:re2js'],
  discover: ['model', 'yaml', 'ports', 'npm:zod', 'npm:picomatch', 'node:path'],
  render: ['model', 'yaml', 'ports', 'gitops', 'npm:zod', 'npm:picomatch', 'node:path', 'node:crypto'],
  trace: ['model', 'yaml', 'ports', 'render', 'node:path', 'node:crypto'],
  toolchain: [
    'model',
    'ports',
    'npm:zod',
    'npm:@sigstore/bundle',
    'npm:@sigstore/protobuf-specs',
    'npm:@sigstore/verify',
    'npm:openpgp',
    'node:path',
    'node:crypto',
    'node:timers/promises',
  ],
  engines: [
    'model',
    'yaml',
    'ports',
    'licenses',
    'npm:zod',
    'npm:picomatch',
    'npm:@marcbachmann/cel-js',
    'npm:re2js',
    'npm:@sigstore/bundle',
    'npm:@sigstore/core',
    'npm:@sigstore/protobuf-specs',
    'npm:@sigstore/verify',
    'node:path',
    'node:crypto',
    'node:timers/promises',
    'node:net',
    'node:util',
  ],
  licenses: ['model', 'npm:spdx-expression-parse', 'npm:spdx-license-ids'],
  risk: ['model', 'ports', 'npm:zod', 'node:path', 'node:crypto', 'node:zlib'],
  results: ['model', 'ports', 'engines/results', 'npm:zod', 'node:path', 'node:crypto', 'node:zlib'],
  base: ['model', 'yaml', 'ports', 'inputs', 'discover', 'engines/engine', 'node:path', 'node:util'],
  settings: ['model', 'ports', 'inputs', 'discover', 'engines/engine'],
  findings: ['model', 'node:crypto'],
  edits: ['model', 'npm:yaml'],
  diff: ['model', 'npm:yaml', 'npm:diff', 'node:util'],
  verdict: ['model'],
  shards: ['model', 'ports', 'inputs', 'engines/engine', 'engines/run', 'engines/reuse', 'reports/json', 'npm:zod', 'node:path'],
  overview: ['model', 'ports', 'reports/json', 'reports/html', 'reports/text', 'node:path', 'node:crypto'],
  commands: [
    'open-sources',
    'open-organization',
    'overview',
    'model',
    'yaml',
    'gitops',
    'ports',
    'inputs',
    'discover',
    'findings/accepted',
    'settings',
    'toolchain',
    'engines/results',
    'engines/schema',
    'engines/signatures',
    'engines/registry',
    'results',
    'gate',
    'open-change',
    'examine',
    'render/only-environment',
    'diff',
    'edits',
    'reports/view',
    'reports/paint',
    'reports/text',
    'reports/escape',
    'reports/json',
    'npm:diff',
    'npm:zod',
    'node:crypto',
    'node:path',
    'node:util',
  ],
  reports: ['model', 'ports', 'edits', 'licenses', 'npm:zod', 'npm:yaml', 'node:path', 'node:crypto', 'node:zlib'],
};

/** Files that call `parse` of a schema: with data of the gate itself, with data that was checked, or where the caller catches every error. */
const mayThrowZod = [
  'engines/cel/meter.ts',
  'engines/cel/parsed-pack.ts',
  'engines/cel/policy-notes.ts',
  'engines/engine.ts',
  'engines/opa/results.ts',
  'engines/schema/catalog.ts',
  'engines/schema/rules/lifecycle.ts',
  'engines/schema/shapes.ts',
  'engines/severity-map.ts',
  'engines/signatures/claim.ts',
  'engines/signatures/cosign-layers.ts',
  'engines/signatures/find.ts',
  'engines/signatures/judge-file.ts',
  'engines/signatures/provenance.ts',
  'engines/trivy/server.ts',
  'gitops/argo-source-files.ts',
  'inputs/organization/merge.ts',
  'model/finding-schema.ts',
  'render/kustomize-schema.ts',
  'render/run-tool.ts',
  'results/blob.ts',
];
const entryPoints = [
  'gate.ts',
  'assess-risk.ts',
  'open-change.ts',
  'examine.ts',
  'examine-base.ts',
  'named-registries.ts',
  'open-sources.ts',
  'open-organization.ts',
  'deliver.ts',
  'verdict-evidence.ts',
  'action.ts',
  'collected.ts',
  'main.ts',
  'cli.ts',
];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
  /** Loaded when it is called for. */
  readonly dynamic?: boolean;
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => path.relative(src, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .toSorted();
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const dynamic = text.matchAll(/\bimport\(()['"]([^'"]+)['"]\)/g);
  return [...statements, ...dynamic].map((match) => {
    const specifier = match[2] ?? '';
    const local = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.ts$/, '')
      : undefined;
    const npm = specifier.startsWith('node:')
      ? specifier
      : `npm:${specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/')}`;
    return { file, target: local ?? npm, typeOnly: (match[1] ?? '') !== '', dynamic: match[0].startsWith('import(') };
  });
}

function allowed({ file, target, typeOnly }: Import): boolean {
  const [folder = ''] = file.split('/');
  const [targetFolder = '', unit] = target.split('/');
  if (targetFolder === folder) return !isSibling(file, target);
  if (target.startsWith('npm:') || target.startsWith('node:')) {
    return (table[folder] ?? []).some((entry) => entry === target || (entry === 'node:*' && target.startsWith('node:')));
  }
  return (table[folder] ?? []).some((entry) =>
    entry === 'ports' ? target === 'ports/ports' && typeOnly : entry === targetFolder || entry === `${targetFolder}/${unit}`,
  );
}

/** engines/<id>/ and reports/<id>/ never import a sibling's folder; what is directly in engines/ and reports/ is shared, and only registry.ts reaches into folders. */
function isSibling(file: string, target: string): boolean {
  const [folder = '', unit, rest] = file.split('/');
  const [, targetUnit, targetRest] = target.split('/');
  if (folder !== 'engines' && folder !== 'reports') return false;
  if (targetRest === undefined) return false;
  if (rest === undefined) return unit !== 'registry.ts';
  return unit !== targetUnit;
}

const files = sourceFiles(src);

describe('architecture', () => {
  it('has the folders of the table and no others', () => {
    const folders = [...new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))];
    expect(folders.toSorted()).toEqual(Object.keys(table).toSorted());
    expect(files.filter((file) => !file.includes('/')).toSorted()).toEqual([...entryPoints].toSorted());
  });

  it('imports only what the table allows', () => {
    const broken = files
      .filter((file) => !entryPoints.includes(file))
      .flatMap((file) => importsOf(file).filter((found) => !allowed(found)));
    expect(broken.map((found) => `${found.file} imports ${found.target}`)).toEqual([]);
  });

  it('notices a forbidden import', () => {
    expect(allowed({ file: 'verdict/judge.ts', target: 'engines/run', typeOnly: true })).toBe(false);
    expect(allowed({ file: 'engines/trivy/engine.ts', target: 'engines/opa/engine', typeOnly: true })).toBe(false);
    expect(allowed({ file: 'engines/trivy/engine.ts', target: 'ports/ports', typeOnly: false })).toBe(false);
    expect(allowed({ file: 'engines/trivy/engine.ts', target: 'node:child_process', typeOnly: false })).toBe(false);
    expect(allowed({ file: 'engines/trivy/engine.ts', target: 'engines/engine', typeOnly: true })).toBe(true);
  });

  it('keeps the environment, the file system and child processes behind ports', () => {
    const reaching = files.filter(
      (file) =>
        !file.startsWith('ports/') &&
        !['main.ts', 'cli.ts'].includes(file) &&
        /\bprocess\.(env|argv|exit|std\w+)\b/.test(readFileSync(path.join(src, file), 'utf8')),
    );
    expect(reaching).toEqual([]);
  });

  it('loads undici with the first request, not with the program', () => {
    const importing = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(path.join(src, file), 'utf8')));
    expect(importing(/^import (?!type ).* from 'undici'/m)).toEqual(['ports/http-agents.ts']);
    expect(importing(/^import (?!type ).* from '\.\/http-agents/m)).toEqual([]);
    expect(importing(/import\('\.\/http-agents/)).toEqual(['ports/http-send.ts']);
  });

  it.each([
    ['engines', engines.map((engine) => engine.id)],
    ['reports', [...reporters, ...publishers].map((report) => report.id)],
  ])('lists each folder of %s in its registry', (folder, ids) => {
    const folders = readdirSync(path.join(src, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...ids].toSorted()).toEqual(folders.map((entry) => entry.name).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lists each command in the registry, by its own name', async () => {
    const inFiles = files.filter((file) =>
      /^export const \w+Command: Command = /m.test(readFileSync(path.join(src, file), 'utf8')),
    );
    expect(inFiles).toEqual(commands.map(({ name }) => `commands/${name}.ts`).toSorted());
    for (const { name, load } of commands) expect((await load()).name).toBe(name);
  });

  it.each(['commands/check', 'commands/merge', 'inputs/options/table'])(
    'loads neither zod nor the gate for %s --help',
    (start) => {
      const loaded = new Set([start]);
      for (const target of loaded)
        if (files.includes(`${target}.ts`))
          for (const found of importsOf(`${target}.ts`)) if (!found.typeOnly && !found.dynamic) loaded.add(found.target);
      expect(loaded.size).toBeGreaterThan(5);
      expect([...loaded].filter((target) => target === 'npm:zod' || target === 'gate')).toEqual([]);
    },
  );

  /** zod's own words ("Invalid input: expected array, received string") are not for the author of a file. */
  it("reads zod's issues in one place, which puts them into words", () => {
    const reading = files.filter((file) => {
      const text = readFileSync(path.join(src, file), 'utf8');
      return /\berror\.issues\b|\b(?:prettify|flatten|format|treeify)Error\(|\btoDotPath\(|\bissue\??\.message\b/.test(text);
    });
    expect(reading).toEqual(['model/schema-problem.ts']);
  });

  /** `safeParse` gives the error to the caller, who needs `schemaProblem` for it; `parse` throws it at whoever catches. */
  it('calls the `parse` of a schema only where its error is caught or a bug', () => {
    const others = /^(?:JSON|Date|path|environment|X509Certificate|RFC3161Timestamp)$/;
    const throwing = files.filter((file) => {
      const calls = readFileSync(path.join(src, file), 'utf8').matchAll(/(\w+|\))(?:\(\))?\.parse\(/g);
      return [...calls].some(([, of = '']) => !others.test(of));
    });
    expect(throwing).toEqual(mayThrowZod);
  });

  it('keeps files short enough to read', () => {
    const long = files.filter((file) => readFileSync(path.join(src, file), 'utf8').split('\n').length > 260);
    expect(long).toEqual([]);
  });
});
