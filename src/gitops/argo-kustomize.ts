import type { FieldPath } from '../model/field-path.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ArgoContext } from './argo-context.ts';
import { type Environment, expand } from './argo-environment.ts';
import type { ArgoSource } from './argo-schema.ts';
import type { Overrides } from './deployable.ts';
import { present } from './workspace.ts';

type Kustomize = NonNullable<ArgoSource['kustomize']>;

/** What Argo CD changes in a kustomization before it builds it: https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/ */
export function argoOverrides(
  kustomize: Kustomize,
  folder: string,
  environment: Environment,
  { at: sourceAt, here }: ArgoContext,
): Overrides {
  const at: FieldPath = [...sourceAt, 'kustomize'];
  const { namePrefix, nameSuffix, namespace, labelWithoutSelector } = kustomize;
  const commonLabels = expandAll(kustomize.commonLabels, environment);
  const commonAnnotations =
    kustomize.commonAnnotationsEnvsubst === true
      ? expandAll(kustomize.commonAnnotations, environment)
      : kustomize.commonAnnotations;
  const set = (value: JsonValue | undefined | null, field: string) =>
    value === undefined || value === null || value === '' || isEmpty(value) ? undefined : { value, at: [...at, field] };
  const withoutSelector = labelWithoutSelector === true && commonLabels;
  const found = {
    namePrefix: set(namePrefix, 'namePrefix'),
    nameSuffix: set(nameSuffix, 'nameSuffix'),
    namespace: set(namespace, 'namespace'),
    images: set(
      kustomize.images?.map((image) => parseImage(expand(image, environment))),
      'images',
    ),
    replicas: set(
      kustomize.replicas?.map(({ name, count }): JsonObject => ({ name, count: Number(count) })),
      'replicas',
    ),
    commonLabels: withoutSelector ? undefined : set(commonLabels, 'commonLabels'),
    labels: withoutSelector
      ? set(
          [{ pairs: commonLabels, includeSelectors: false, includeTemplates: kustomize.labelIncludeTemplates === true }],
          'commonLabels',
        )
      : undefined,
    commonAnnotations: set(commonAnnotations, 'commonAnnotations'),
    patches: set(kustomize.patches, 'patches'),
    components: set(present(kustomize.components, kustomize.ignoreMissingComponents, folder, here.workspace), 'components'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function isEmpty(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function expandAll(map: Kustomize['commonLabels'], environment: Environment): Readonly<Record<string, string>> | undefined {
  if (!map) return undefined;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, expand(value, environment)]));
}

/** `old=new:tag`, `name:tag`, `name@sha256:…`, as `kustomize edit set image` reads it. An asterisk is what the kustomization has. */
export function parseImage(text: string): JsonObject {
  const equals = text.indexOf('=');
  const [name, rest] = equals === -1 ? [undefined, text] : [text.slice(0, equals), text.slice(equals + 1)];
  const at = rest.indexOf('@');
  const digest = at === -1 ? undefined : rest.slice(at + 1);
  const tagged = at === -1 ? rest : rest.slice(0, at);
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  const [repository, tag] = colon === -1 ? [tagged, undefined] : [tagged.slice(0, colon), tagged.slice(colon + 1)];
  return {
    name: name ?? repository,
    ...(name !== undefined && { newName: repository }),
    ...(tag !== undefined && { newTag: tag }),
    ...(digest !== undefined && { digest }),
  };
}
