import type { ReleaseDeployable } from '../gitops/deployable.ts';
import * as next from '../gitops/next-steps.ts';
import type { PointerGap } from '../model/deployed.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { stringifyJson } from '../model/json.ts';
import { shown } from '../model/paths.ts';
import type { Files } from '../ports/ports.ts';
import type { Rendered } from './objects.ts';
import { asDeployed, type Changes, withObject } from './overrides.ts';
import { placesOf } from './pointer-places.ts';
import { isHook, type PostRender } from './post-render.ts';

interface Context {
  readonly workspace: string;
  readonly files: Files;
  readonly postRender: PostRender;
}

interface After {
  readonly rendered: readonly Rendered[];
  readonly gaps: readonly PointerGap[];
}

/** What a chart rendered, as a HelmRelease changes it before it is installed. */
export async function afterRendering(
  rendered: readonly Rendered[],
  deployable: ReleaseDeployable,
  pointer: Rendered,
  known: readonly Rendered[],
  { workspace, files, postRender }: Context,
): Promise<After> {
  const { post, metadata, chart, at } = deployable;
  if (post.length === 0 && metadata === undefined) return { rendered, gaps: [] };
  const where = chart.kind === 'folder' ? shown(chart.folder) : chart.name;
  const changes: Changes = {
    steps: post.map((overrides) => ({ overrides })),
    ...(metadata !== undefined && { metadata }),
    where,
    places: await placesOf(pointer, known, workspace, files),
  };
  try {
    const objects = rendered.map(({ object }) => object);
    const made = post.length === 0 ? objects.map((object, of) => ({ object, of })) : await postRender(objects, post);
    const pairs = made.map(({ object, of }) => {
      const twin = (of === undefined ? undefined : rendered[of]) ?? rendered.find((one) => isSame(one, object));
      if (twin === undefined)
        throw new GateError('RENDER_FAILED', { message: `the post-renderer renames a ${String(object.kind)}` });
      return { twin, now: withObject(twin, object) };
    });
    const changed = asDeployed(
      pairs.map(({ now }) => now),
      (_one, index) => pairs[index]?.twin,
      changes,
    );
    const hooks = pairs.filter(({ twin, now }) => isHook(twin) && stringifyJson(twin.object) !== stringifyJson(now.object));
    return { rendered: [...changed.rendered, ...hooks.map(({ twin }) => twin)], gaps: changed.gaps };
  } catch (thrown) {
    const path = Object.values(post[0] ?? {})[0]?.at ?? at;
    const what = `chart ${where} with the post-renderers of this ${pointer.kind}`;
    const reason = `${toGateError(thrown).details.message}; the chart was evaluated without them`;
    return { rendered, gaps: [{ path, what, reason, next: `Correct the post-renderer. ${next.renderBefore}` }] };
  }
}

function isSame({ apiVersion, kind, name }: Rendered, object: Rendered['object']): boolean {
  const { metadata } = object;
  const own = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : undefined;
  return object.apiVersion === apiVersion && object.kind === kind && own === name;
}
