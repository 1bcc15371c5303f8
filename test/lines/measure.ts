import { type FieldPath, parsePath, valueAt } from '../../src/model/field-path.ts';
import { isArray, type JsonObject } from '../../src/model/json.ts';
import type { SourceLocation } from '../../src/model/location.ts';
import { type Resource, resourceLabel } from '../../src/model/resource.ts';
import type { ToolProvider } from '../../src/model/tool.ts';
import { withPlaces } from '../../src/trace/trace.ts';
import { renderUntraced } from '../render/bench.ts';
import type { LineCase, LineLabel } from './labels.ts';

/** How near a place is to its label. */
export type Nearness = 'exact' | 'same file' | 'wrong file';

export interface Measured {
  readonly label: LineLabel;
  readonly nearness: Nearness;
  /** What was answered, for a reader of a miss. */
  readonly answer: string;
}

/** Renders a case as the gate does, traces the labelled fields only, and compares each place with its label. */
export async function measureCase(one: LineCase, tools: ToolProvider): Promise<readonly Measured[]> {
  const { name, files, findings, release } = one;
  const charts = [{ path: 'c', releaseName: 'web', namespace: 'shop', releases: [{ values: release ?? [] }] }];
  const helm = { kubeVersion: '1.34.0', apiVersions: [], charts: 'c/Chart.yaml' in files ? charts : [] };
  const set = await renderUntraced(files, tools, { helm });
  if (set.failures.length > 0) throw new Error(`${name}: ${set.failures.map((failure) => failure.message).join('; ')}`);
  const labelled = findings.map((label) => {
    const alike = set.resources.filter((resource) => namesOf(resource).includes(label.resource));
    // What a pointer deploys is rendered last, after what it is without the pointer.
    const isDeployed = set.pointers !== undefined && set.pointers.size > 0;
    const resource = isDeployed ? alike.at(-1) : alike[0];
    if (resource === undefined || (alike.length > 1 && !isDeployed)) {
      const known = set.resources.map(resourceLabel).join(', ');
      throw new Error(`${name}: ${alike.length} resources are ${label.resource}; there are ${known}`);
    }
    return { label, uid: resource.uid, path: pathIn(resource.object, label.path) };
  });
  const wanted = new Map<string, FieldPath[]>();
  for (const { uid, path } of labelled) wanted.set(uid, [...(wanted.get(uid) ?? []), path]);
  const traced = new Map(
    (await withPlaces(set.resources, wanted, set.provenance, 2)).map((resource) => [resource.uid, resource]),
  );
  return labelled.map(({ label, uid, path }) => {
    const place = traced.get(uid)?.origin.locate(path);
    if (place === undefined) throw new Error(`${uid} is lost`);
    return { label, nearness: nearnessOf(label, place), answer: `${place.file}:${place.line} ${place.precision}` };
  });
}

/** Charts' labels leave out the namespace. */
function namesOf(resource: Resource): readonly string[] {
  return [resourceLabel(resource), `${resource.kind} ${resource.name}`];
}

/** `containers[name=web].image`: kustomize decides the order of lists, which is not what is measured. */
function pathIn(object: JsonObject, text: string): FieldPath {
  const found = /\[(\w+)=([^\]]+)\]/.exec(text);
  if (found === null) return parsePath(text);
  const [whole, key = '', wanted] = found;
  const list = valueAt(object, parsePath(text.slice(0, found.index)));
  const index = isArray(list) ? list.findIndex((item) => String(valueAt(item, [key])) === wanted) : -1;
  if (index === -1) throw new Error(`no item is ${text}`);
  return pathIn(object, text.replace(whole, `[${index}]`));
}

function nearnessOf(label: LineLabel, place: SourceLocation): Nearness {
  if (place.file !== label.file) return 'wrong file';
  return place.line === label.line ? 'exact' : 'same file';
}

/** The labels that were missed, one per line. */
export function missesOf(measured: readonly Measured[]): readonly string[] {
  return measured
    .filter(({ nearness }) => nearness !== 'exact')
    .map(({ label, answer }) => `${label.resource} ${label.path}: wanted ${label.file}:${label.line}, got ${answer}`);
}
