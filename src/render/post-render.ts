import path from 'node:path';
import type { Overrides } from '../gitops/deployable.ts';
import type { GateConfig } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import { isObject, type JsonObject, stringifyJson } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { type Rendered, readItems } from './objects.ts';
import { excerpt, runTool } from './run-tool.ts';

/** The result of a post-renderer for an object; undefined for an object that it added. */
export interface PostRendered {
  readonly object: JsonObject;
  readonly of: number | undefined;
}

export type PostRender = (objects: readonly JsonObject[], steps: readonly Overrides[]) => Promise<readonly PostRendered[]>;

/** The gate's own, so that an object is known after a patch has renamed it. No engine sees it. */
const mark = 'k8s-gate.io/rendered';

/**
 * Applies the kustomize steps of a HelmRelease, each to the output of the one before it.
 * Throws GateError for a step that kustomize refuses.
 * https://fluxcd.io/flux/components/helm/helmreleases/#post-renderers
 */
export function createPostRender({ sandbox }: Pick<GateConfig, 'sandbox'>, context: RenderContext): PostRender {
  let count = 0;
  return async (objects, steps) => {
    const { files } = context.ports;
    let texts: readonly JsonObject[] = objects.map((object, index) => marked(object, index));
    for (const step of steps) {
      const folder = path.join(context.tempDir, `post-render-${count++}`);
      const fields = Object.fromEntries(Object.entries(step).map(([field, { value }]) => [field, value]));
      await files.write(path.join(folder, 'kustomization.yaml'), stringifyJson({ resources: ['rendered.yaml'], ...fields }));
      await files.write(path.join(folder, 'rendered.yaml'), texts.map((one) => stringifyJson(one)).join('\n---\n'));
      const result = await runTool('kustomize', ['build', folder], folder, context, sandbox);
      if (result.exitCode !== 0)
        throw new GateError('RENDER_FAILED', {
          message: `kustomize refuses the post-renderer: ${excerpt(result, [[folder, '']])}`,
        });
      const documents = parseYaml({ file: 'output', text: result.stdout, limit: 'document' });
      texts = documents.flatMap((document) => readItems(document).items.map(({ identity }) => identity.object));
    }
    return texts.map((one) => unmarked(one));
  };
}

function marked(object: JsonObject, index: number): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [mark]: String(index) } } };
}

function unmarked(object: JsonObject): PostRendered {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { annotations, ...bare } = metadata;
  if (!isObject(annotations)) return { object, of: undefined };
  const { [mark]: index, ...rest } = annotations;
  const own = Object.keys(rest).length === 0 ? bare : { ...bare, annotations: rest };
  return { object: { ...object, metadata: own }, of: index === undefined ? undefined : Number(index) };
}

/** Helm 3 passes no hook to a post-renderer, Helm 4 all of them: a hook that it changes counts as both. */
export function isHook({ object: { metadata } }: Pick<Rendered, 'object'>): boolean {
  return isObject(metadata) && isObject(metadata.annotations) && Object.hasOwn(metadata.annotations, 'helm.sh/hook');
}
