import { generatorSteps } from './kustomize-generators.ts';
import { patchSteps, strategicMergeSteps } from './kustomize-patches.ts';
import { replacementSteps } from './kustomize-replacements.ts';
import type { Step } from './kustomize-step.ts';
import type { KustomizeNode } from './kustomize-tree.ts';
import { imageSteps, labelSteps, nameSteps, namespaceSteps, replicaSteps } from './kustomize-values.ts';

const known = new WeakMap<KustomizeNode, readonly Step[]>();

/** In the order of https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/target/kusttarget_configplugin.go, whatever that of the file. */
export function stepsOf(node: KustomizeNode): readonly Step[] {
  const before = known.get(node);
  if (before !== undefined) return before;
  const steps = [...generatorSteps(node), ...transformerSteps(node)];
  known.set(node, steps);
  return steps;
}

function transformerSteps(node: KustomizeNode): readonly Step[] {
  return [
    ...strategicMergeSteps(node),
    ...patchSteps(node, 'patches'),
    ...namespaceSteps(node),
    ...nameSteps(node),
    ...labelSteps(node),
    ...patchSteps(node, 'patchesJson6902'),
    ...replicaSteps(node),
    ...imageSteps(node),
    ...replacementSteps(node),
  ];
}
