import path from 'node:path';
import type { Deployable, Pointer } from '../gitops/deployable.ts';
import { isReadable, resolve } from '../gitops/resolve.ts';
import { workspaceOf } from '../gitops/workspace.ts';
import { GateError } from '../model/gate-error.ts';
import { isObject } from '../model/json.ts';
import { inFolder, kustomizationNames, shown } from '../model/paths.ts';
import { resourceLabel } from '../model/resource.ts';
import type { Files } from '../ports/ports.ts';
import { readEach } from '../yaml/manifests.ts';

/** Something that an Application, a HelmRelease or the like deploys, as `k8s-gate init` reads it: from files only, without rendering. */
export interface Deployed {
  /** `Application argocd/shop` */
  readonly by: string;
  /** File with the pointer. */
  readonly file: string;
  readonly line: number;
  /** A glob for the pointer as the gate knows it: its file, or the kustomization that the file is part of. */
  readonly place: string;
  /** `charts/shop with values-production.yaml` */
  readonly what: string;
  /** It is in this repository, so that the gate renders it. */
  readonly isHere: boolean;
  /** Namespace that it is deployed to, if the pointer names one. */
  readonly namespace?: string;
  /** What may name an environment, the most telling first: `cluster production`. */
  readonly hints: readonly (readonly [string, string])[];
}

interface Found extends Pointer {
  readonly file: string;
  readonly line: number;
}

/** Our limit: a file of pointers is written by hand. */
const maxBytes = 1024 * 1024;

/** What the pointers of a repository deploy. A file that cannot be read is left to `k8s-gate check`, which names it. */
export async function deployedBy(
  workspace: string,
  names: readonly string[],
  files: Pick<Files, 'readText' | 'stat'>,
): Promise<readonly Deployed[]> {
  const all = (
    await Promise.all(names.filter((name) => /\.ya?ml$/.test(name)).map((name) => objectsOf(workspace, name, files)))
  ).flat();
  const folders = workspaceOf(names);
  const context = {
    here: { repositories: [], revisions: [], workspace: folders },
    clusters: [],
    readText: (file: string) => files.readText(path.join(workspace, file)),
    goTemplate: () => Promise.reject(new GateError('RENDER_FAILED', { message: 'init evaluates no Go templates' })),
  };
  const found = await Promise.all(
    all.filter(isReadable).map(async (pointer) => {
      const [resolved] = await resolve([pointer], all, context).catch(() => []);
      return (resolved?.found ?? []).flatMap((one) => ('kind' in one ? [deployed(pointer, one, folders.files)] : []));
    }),
  );
  return found.flat();
}

async function objectsOf(workspace: string, file: string, files: Pick<Files, 'readText' | 'stat'>): Promise<readonly Found[]> {
  const full = path.join(workspace, file);
  const stat = await files.stat(full);
  if (stat?.kind !== 'file' || stat.size > maxBytes) return [];
  const { documents } = readEach({ file, text: await files.readText(full) }, () => {});
  return documents.flatMap(({ value, line }) => {
    if (!isObject(value) || !isObject(value.metadata)) return [];
    const { apiVersion, kind, metadata } = value;
    const { name, namespace } = metadata;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return [];
    return [{ apiVersion, kind, name, object: value, file, line, ...(typeof namespace === 'string' && { namespace }) }];
  });
}

function deployed(pointer: Found, one: Deployable, files: ReadonlySet<string>): Deployed {
  const { file, line } = pointer;
  const folder = path.posix.dirname(file) === '.' ? '' : path.posix.dirname(file);
  const isBuilt = kustomizationNames.some((name) => files.has(inFolder(folder, name)));
  const namespace = namespaceOf(one);
  return {
    by: resourceLabel(pointer),
    file,
    line,
    place: isBuilt ? inFolder(folder, '**') : file,
    ...whatOf(one),
    ...(namespace !== undefined && { namespace }),
    hints: hintsOf(one, pointer),
  };
}

function namespaceOf(one: Deployable): string | undefined {
  return one.kind === 'release' ? one.namespace : one.destination.namespace;
}

function whatOf(one: Deployable): Pick<Deployed, 'what' | 'isHere'> {
  switch (one.kind) {
    case 'release': {
      const { chart } = one;
      const values = valuesFiles(one).map((file) => path.posix.basename(file));
      const with_ = values.length === 0 ? '' : ` with ${values.join(', ')}`;
      if (chart.kind === 'folder') return { what: `chart ${shown(chart.folder)}${with_}`, isHere: true };
      const version = chart.version === '' ? '' : ` ${chart.version}`;
      return { what: `chart ${chart.name}${version} of ${chart.url}`, isHere: false };
    }
    case 'unavailable':
      return { what: one.what, isHere: false };
    default:
      return { what: `${one.kind === 'kustomization' ? 'kustomization' : 'folder'} ${shown(one.folder)}`, isHere: true };
  }
}

function valuesFiles(one: Deployable): readonly string[] {
  return one.kind === 'release' ? one.values.flatMap((layer) => (layer.kind === 'file' ? [layer.path] : [])) : [];
}

function hintsOf(one: Deployable, pointer: Pointer): Deployed['hints'] {
  const { cluster, server, project } = one.destination;
  const values = valuesFiles(one).map((file) => ['values file', file] as const);
  const folder = one.kind === 'kustomization' || one.kind === 'directory' ? [['folder', one.folder] as const] : [];
  return [
    ...(cluster === undefined ? [] : [['cluster', cluster] as const]),
    ...(server === undefined ? [] : [['server', server] as const]),
    ...values,
    ...folder,
    ...(project === undefined ? [] : [['project', project] as const]),
    ['name', pointer.name],
  ];
}
