import path from 'node:path';
import { attempt } from '../model/attempt.ts';
import type { GateConfig } from '../model/config.ts';
import { type GateError, toGateError } from '../model/gate-error.ts';
import { isArray, isObject, type JsonObject, stringifyJson } from '../model/json.ts';
import { formatLocation, type SourceLocation } from '../model/location.ts';
import type { SourceSet } from '../model/source-set.ts';
import type { FetchedBase, Sources } from '../model/sources.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { inflate, withoutCharts } from './kustomize-helm.ts';
import { documentsOf, readKustomization } from './kustomize-tree.ts';

/** A base that was fetched, as a folder of the overlay. */
export interface FetchedPart {
  /** Relative to the overlay: `.fetched/3`. */
  readonly folder: string;
  /** What a reader knows it as: `github.com/org/repo`. */
  readonly shown: string;
  /** The line of the repository that asks for it. */
  readonly place: SourceLocation;
  /** It is the output of a chart, whose lines are those of no file. */
  readonly isOutput?: boolean;
}

/** A copy of the repository in which fetched bases are folders: kustomize itself has no network. Lines are those of the repository. */
export interface Overlay {
  /** Absolute. */
  readonly workspace: string;
  readonly parts: readonly FetchedPart[];
  /** A kustomization of that folder, as somebody else changed it, with its remote bases as folders. */
  local(folder: string, value: JsonObject): JsonObject;
  /** Why a chart of a kustomization, or of one that it is built from, is not in the overlay. */
  problemOf(folder: string): GateError | undefined;
  /** Whether a kustomization is built from anything that was fetched. `folder` is `` for the root. */
  uses(folder: string): boolean;
}

const keys = ['resources', 'components', 'bases'] as const;
/** Bases that name remote bases: deeper ones are left as they are, so that the build fails. */
const maxDepth = 5;

export async function createOverlay(
  { files: all, kustomizeContents, bases }: Pick<SourceSet, 'files' | 'kustomizeContents' | 'bases'>,
  config: GateConfig,
  target: string,
  context: RenderContext & { readonly sources: Sources },
): Promise<Overlay> {
  const { workspace } = config;
  const { sources } = context;
  const { files } = context.ports;
  const problems = new Map<string, GateError>();
  const parts: FetchedPart[] = [];
  const rewritten = new Map<string, { readonly local: ReadonlyMap<string, string>; readonly charts: readonly string[] }>();
  // A commit may have a folder of that name, and must not add to what is fetched.
  for (const file of all) if (!file.startsWith('.fetched/')) await copyOne(file, workspace, target, files);

  /** @param place Of the reference in the repository; absent for a kustomization of the repository itself. */
  async function rewrite(folder: string, depth: number, seen: Set<string>, place?: SourceLocation): Promise<void> {
    const own = seen.has(folder) || depth > maxDepth ? undefined : await readKustomization(folder, target, files);
    seen.add(folder);
    const [document] = own === undefined ? [] : documentsOf(own);
    if (own === undefined || document === undefined || !isObject(document.value)) return;
    const local = new Map<string, string>();
    for (const key of keys) {
      const entries = document.value[key];
      for (const [index, entry] of (isArray(entries) ? entries : []).entries()) {
        if (typeof entry !== 'string') continue;
        const base = place === undefined ? bases.get(entry) : await nested(entry, folder);
        if (base?.status === 'fetched') {
          const asked = place ?? document.locate([key, index]);
          local.set(entry, path.posix.relative(folder, await add(base, asked, depth, seen)));
        } else if (place !== undefined) await rewrite(path.posix.join(folder, entry), depth, seen, place);
      }
    }
    const charts = await inflated(folder, document, place).catch((thrown: unknown) => {
      problems.set(folder === '.' ? '' : folder, toGateError(thrown, 'RENDER_FAILED'));
      return [];
    });
    if (local.size + charts.length === 0) return;
    rewritten.set(folder === '.' ? '' : folder, { local, charts });
    const edited =
      charts.length === 0 ? { text: own.text, value: document.value } : withoutCharts(own.text, document.value, charts);
    await files.write(path.join(target, own.file), withLocal(edited.text, edited.value, local));
  }

  /** The output of each chart that the kustomization has Helm render, as a folder relative to its own. */
  async function inflated(folder: string, document: YamlDocument, place?: SourceLocation): Promise<readonly string[]> {
    const { helmCharts, helmGlobals = null } = isObject(document.value) ? document.value : {};
    const folders: string[] = [];
    for (const [index, entry] of (isArray(helmCharts) ? helmCharts : []).entries()) {
      const asked = place ?? document.locate(['helmCharts', index]);
      const workdir = path.join(`${target}-charts`, String(parts.length));
      const at = { folder: path.join(target, folder), workdir, globals: helmGlobals, place: asked };
      const { output, shown } = await inflate(entry, at, config, context);
      const own = `.fetched/${parts.length}`;
      parts.push({ folder: own, shown, place: asked, isOutput: true });
      await files.write(path.join(target, own, 'manifests.yaml'), output);
      await files.write(path.join(target, own, 'kustomization.yaml'), 'resources: [manifests.yaml]\n');
      folders.push(path.posix.relative(folder, own));
    }
    return folders;
  }

  /** A base may itself be built from remote ones; what is a file or folder of it is not requested. */
  async function nested(entry: string, folder: string) {
    if (!/:\/\/|^[\w-]+(?:\.[\w-]+)+[:/]|@[\w.-]+[:/]/.test(entry)) return undefined;
    return (await files.stat(path.join(target, folder, entry))) === undefined ? sources.base(entry) : undefined;
  }

  /** @returns the folder of the kustomization in the overlay. */
  async function add(
    { root, path: below, shown }: FetchedBase,
    place: SourceLocation,
    depth: number,
    seen: Set<string>,
  ): Promise<string> {
    const folder = `.fetched/${parts.length}`;
    parts.push({ folder, shown, place });
    for (const { path: file, kind } of await files.walk(root, () => false))
      if (kind === 'file') await files.write(path.join(target, folder, file), await files.readBytes(path.join(root, file)));
    const kustomization = path.posix.join(folder, below);
    await rewrite(kustomization, depth + 1, seen, place);
    return kustomization;
  }

  const below = (folder: string): ReadonlySet<string> => {
    const open = new Set([folder]);
    for (const one of open) for (const part of kustomizeContents.get(one)?.parts ?? []) open.add(part);
    return open;
  };
  for (const folder of kustomizeContents.keys()) await rewrite(folder === '' ? '.' : folder, 0, new Set());
  return {
    workspace: target,
    parts,
    local(folder, value) {
      const { local = new Map<string, string>(), charts = [] } = rewritten.get(folder) ?? {};
      return replaced(charts.length === 0 ? value : withoutCharts('', value, charts).value, local);
    },
    problemOf: (folder) => [...below(folder)].map((one) => problems.get(one)).find((problem) => problem !== undefined),
    uses(folder) {
      return [...below(folder)].some((one) => rewritten.has(one) || problems.has(one));
    },
  };
}

/** A line of a fetched file is that of the repository that asks for it. */
export function askedIn(parts: readonly FetchedPart[], place: SourceLocation): SourceLocation {
  const part = parts.find(({ folder }) => place.file.startsWith(`${folder}/`));
  if (part === undefined) return place;
  if (part.isOutput === true) return { ...part.place, precision: 'file', inside: part.shown };
  const file = path.posix.join(part.shown, place.file.slice(part.folder.length + 1));
  return { ...part.place, precision: 'file', inside: formatLocation({ file, line: place.line }) };
}

/** A symlink is what it leads to, if that is a file of the repository. */
async function copyOne(file: string, workspace: string, target: string, files: Files): Promise<void> {
  const kind = (await files.stat(path.join(workspace, file)))?.kind;
  const source = kind === 'symlink' ? await files.resolveInside(workspace, path.join(workspace, file)) : file;
  if (source === undefined || (await files.stat(path.join(workspace, source)))?.kind !== 'file') return;
  await files.write(path.join(target, file), await files.readBytes(path.join(workspace, source)));
}

/** In the text where it can be, so that lines stay; else written again. */
function withLocal(text: string, value: JsonObject, local: ReadonlyMap<string, string>): string {
  const expected = stringifyJson(replaced(value, local));
  let changed = text;
  for (const [remote, folder] of local) {
    const literal = remote.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    changed = changed.replaceAll(new RegExp(`(?<=^|[\\s"'[,-])${literal}(?=["'\\s,\\]#]|$)`, 'gm'), () => folder);
  }
  const read = attempt(() => parseYaml({ file: 'kustomization.yaml', text: changed })[0]?.value) ?? null;
  // It may not be a literal of the text.
  return stringifyJson(read) === expected ? changed : expected;
}

function replaced(value: JsonObject, local: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, entries]) => [
      key,
      keys.some((one) => one === key) && isArray(entries)
        ? entries.map((entry) => (typeof entry === 'string' ? (local.get(entry) ?? entry) : entry))
        : entries,
    ]),
  );
}
