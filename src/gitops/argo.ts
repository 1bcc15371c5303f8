import { type FieldPath, valueAt } from '../model/field-path.ts';
import { toGateError } from '../model/gate-error.ts';
import { isObject } from '../model/json.ts';
import type { ArgoContext } from './argo-context.ts';
import { chosenFiles } from './argo-directory.ts';
import { buildEnvironment } from './argo-environment.ts';
import { argoHelm } from './argo-helm.ts';
import { argoOverrides } from './argo-kustomize.ts';
import { type ApplicationSpec, type ArgoSource, applicationSpec } from './argo-schema.ts';
import { withSourceFiles } from './argo-source-files.ts';
import type { Deployable, Destination, Pointer, UnavailableDeployable, Unreadable } from './deployable.ts';
import { type Here, whose } from './here.ts';
import * as next from './next-steps.ts';
import { readSpec } from './read-spec.ts';
import { unavailable } from './unavailable.ts';
import { folderAt, kindOfFolder } from './workspace.ts';
import { writtenIn } from './written.ts';

/** Everything that an Argo CD Application deploys. `specAt` is the field that holds its spec: that of an ApplicationSet is a template. */
export function readApplication(
  application: Pointer,
  here: Here,
  specAt: FieldPath = ['spec'],
): readonly (Deployable | Unreadable)[] {
  const spec = readSpec(application.object, specAt, applicationSpec);
  if (!spec.ok) return [spec.unreadable];
  const sources = sourcesOf(spec.value, specAt);
  const refs = new Map(sources.flatMap(({ source }) => (source.ref ? [[source.ref, source] as const] : [])));
  const destination = destinationOf(spec.value);
  const own = sources.flatMap(({ source, at }) => {
    // A source with `ref` alone only provides values files to the others.
    if (source.ref && !source.path && !source.chart) return [];
    return [readSource(source, { application, destination, at, refs, here })];
  });
  return [
    ...own,
    ...namespaceOf(application, specAt, destination),
    ...(specAt.length > 1 ? [] : operationOf(application, destination)),
  ];
}

/** Labels that decide which pods a namespace accepts, and which policies apply to it. */
const decisive =
  /^(?:pod-security\.kubernetes\.io\/enforce|admission\.gatekeeper\.sh\/|webhooks\.kyverno\.io\/|policy\.sigstore\.dev\/)/;

/** Argo CD sets labels of the namespace that it creates: no manifest contains them. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#namespace-metadata */
function namespaceOf({ object }: Pointer, specAt: FieldPath, destination: Destination): readonly UnavailableDeployable[] {
  const at = [...specAt, 'syncPolicy', 'managedNamespaceMetadata', 'labels'];
  const labels = valueAt(object, at);
  const label = isObject(labels) ? Object.keys(labels).find((key) => decisive.test(key)) : undefined;
  if (label === undefined) return [];
  const what = `namespace ${destination.namespace ?? 'of the destination'}`;
  const reason = `the Application sets its label ${label}, which decides what the namespace accepts`;
  const step = 'Add the Namespace with its labels as a manifest, and remove `managedNamespaceMetadata`.';
  return [unavailable([...at, label], destination, what, reason, step)];
}

/**
 * A manifest may start a sync itself, and with other sources than its spec or with manifests of its own: types.go, `SyncOperation`.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-kubectl/
 */
function operationOf({ object }: Pointer, destination: Destination): readonly UnavailableDeployable[] {
  const at = ['operation', 'sync'];
  const sync = valueAt(object, at);
  const fields = ['manifests', 'sources', 'source', 'revisions', 'revision'];
  const field = isObject(sync) ? fields.find((key) => sync[key] !== undefined && sync[key] !== null) : undefined;
  if (field === undefined) return [];
  const what = 'what its `operation` deploys once';
  const reason = `\`operation.sync.${field}\` takes the place of what \`spec\` deploys`;
  const step = 'Remove `operation`, and let the Application deploy what its `spec` names.';
  return [unavailable([...at, field], destination, what, reason, step)];
}

function sourcesOf({ source, sources, sourceHydrator }: ApplicationSpec, specAt: FieldPath) {
  if (sourceHydrator) return [{ source: sourceHydrator.drySource, at: [...specAt, 'sourceHydrator', 'drySource'] }];
  if (sources && sources.length > 0) return sources.map((one, index) => ({ source: one, at: [...specAt, 'sources', index] }));
  return source ? [{ source, at: [...specAt, 'source'] }] : [];
}

function destinationOf({ destination, project }: ApplicationSpec): Destination {
  return {
    ...(destination?.server && { server: destination.server }),
    ...(destination?.name && { cluster: destination.name }),
    ...(destination?.namespace && { namespace: destination.namespace }),
    ...(project && { project }),
  };
}

function readSource(source: ArgoSource, context: ArgoContext): Deployable {
  const { here, at, destination } = context;
  const from = source.repoURL ? ` of ${source.repoURL}` : '';
  const what = `path ${source.path ?? '.'}${from}`;
  const not = (field: string, reason: string, step: string) => unavailable([...at, field], destination, what, reason, step);
  const byPlugin = (field: string) =>
    not(field, 'a config management plugin renders it, which the gate does not run', next.renderBefore);
  if (source.plugin !== undefined && source.plugin !== null) return byPlugin('plugin');
  if (source.chart) {
    const chart = {
      kind: 'repository',
      url: source.repoURL ?? '',
      name: source.chart,
      version: source.targetRevision ?? '',
    } as const;
    return argoHelm(chart, source, context);
  }
  const owner = whose(source.repoURL ?? undefined, source.targetRevision ?? undefined, here);
  if (owner === 'elsewhere') return not('repoURL', 'it is in another repository', next.otherRepository);
  if (owner === 'other-revision')
    return not('targetRevision', `it is deployed at the revision ${source.targetRevision}, not at this one`, next.otherRevision);
  const folder = folderAt(source.path ?? '', here.workspace);
  const kind = folder === undefined ? undefined : kindOfFolder(folder, here.workspace);
  if (folder === undefined || kind === undefined)
    return not('path', 'this repository has no such folder', `Correct the path. ${next.otherRepository}`);
  try {
    const { source: whole, layers } = withSourceFiles(source, folder, context);
    if (whole.plugin !== undefined && whole.plugin !== null) return byPlugin('path');
    const found = ofFolder(folder, whole, typeOf(whole, kind), context);
    return layers.length === 0 ? found : { ...found, writtenAt: writtenIn(layers) };
  } catch (thrown) {
    const { file, line, message } = toGateError(thrown).details;
    const why = `: ${file === undefined ? '' : `${file}:${line ?? 1}: `}${message}`;
    return not('path', `its .argocd-source file is not valid${why}`, 'Correct that file.');
  }
}

type SourceType = 'helm' | 'kustomize' | 'directory';

/** A block of settings decides before the files do: https://argo-cd.readthedocs.io/en/stable/user-guide/tool_detection/ */
function typeOf(source: ArgoSource, kind: ReturnType<typeof kindOfFolder>): SourceType {
  const blocks = (['helm', 'kustomize', 'directory'] as const).filter((type) => source[type]);
  const [block] = blocks;
  if (blocks.length === 1 && block !== undefined && isSet(source[block])) return block;
  return kind === 'chart' ? 'helm' : kind === 'kustomization' ? 'kustomize' : 'directory';
}

/** Argo CD takes a block whose fields are all empty for one that is not there. */
function isSet(block: object | null | undefined): boolean {
  const isEmpty = (value: unknown): boolean =>
    value === null || value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0);
  return block !== null && block !== undefined && Object.values(block).some((value) => !isEmpty(value));
}

function ofFolder(folder: string, source: ArgoSource, type: SourceType, context: ArgoContext): Deployable {
  const { at, destination } = context;
  if (type === 'helm') return argoHelm({ kind: 'folder', folder }, source, context);
  if (type === 'kustomize')
    return {
      kind: 'kustomization',
      at: [...at, 'path'],
      destination,
      folder,
      overrides: argoOverrides(source.kustomize ?? {}, folder, buildEnvironment(source, context), context),
      editor: 'argo',
      force: {
        labels: source.kustomize?.forceCommonLabels === true,
        annotations: source.kustomize?.forceCommonAnnotations === true,
      },
      generate: false,
    };
  const files = chosenFiles(folder, source.directory ?? {}, context.here.workspace);
  const jsonnet = files.filter((file) => file.endsWith('.jsonnet')).join(', ');
  const field = [...at, source.path ? 'path' : 'repoURL'];
  if (jsonnet !== '')
    return unavailable(
      field,
      destination,
      `what ${jsonnet} deploys`,
      'it is Jsonnet, which the gate does not run',
      next.renderBefore,
    );
  return { kind: 'directory', at: field, destination, folder, files };
}
