import { attempt } from '../model/attempt.ts';
import { isArray, isObject } from '../model/json.ts';
import { parseYaml } from '../yaml/yaml.ts';

/** It has patches or the like, and nothing that they could be for: kustomize does not build that. https://fleet.rancher.io/gitrepo-content */
export function isOverlayOnly(text: string): boolean {
  const value = attempt(() => parseYaml({ file: '', text })[0]?.value);
  if (!isObject(value)) return false;
  const isThere = (key: string): boolean => isArray(value[key]) && value[key].length > 0;
  return patching.some(isThere) && !adding.some((key) => value[key] !== undefined && value[key] !== null);
}

const patching = ['patches', 'patchesStrategicMerge', 'patchesJson6902'] as const;
const adding = ['resources', 'bases', 'components', 'generators', 'configMapGenerator', 'secretGenerator', 'helmCharts'] as const;
