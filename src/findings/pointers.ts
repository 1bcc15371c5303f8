import type { PointerGap } from '../model/deployed.ts';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { EngineFinding } from '../model/finding.ts';
import { gapRule } from '../model/gap.ts';
import { isObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import { isPointer } from '../model/workloads.ts';

/** What a pointer deploys: the field that refers to it, and a description. */
interface Deployed {
  readonly path: FieldPath;
  readonly what: string;
  /** The folder, if it is one; it may belong to this repository. */
  readonly folder?: string;
}

/** Maps that contain a source: Argo CD, Flux, k3s, Fleet, kapp, Carvel, Crossplane, Cluster API. */
const sources: readonly FieldPath[] = [
  ['spec', 'source'],
  ['spec', 'sources', '*'],
  ['spec', 'template', 'spec', 'source'],
  ['spec', 'template', 'spec', 'sources', '*'],
  ['spec', 'chart', 'spec'],
  ['spec', 'chartRef'],
  ['spec', 'sync'],
  ['spec', 'forProvider', 'chart'],
  ['spec', 'fetch', '*', 'helmChart'],
  ['spec', 'fetch', '*', 'git'],
  ['spec', 'fetch', '*', 'imgpkgBundle'],
  ['spec', 'packageRef'],
  ['spec'],
];

/** One finding for each pointer of the set, because a deployer renders what it refers to. Located at the reference. */
export function pointerFindings(set: ManifestSet): readonly EngineFinding[] {
  const units = set.units.filter(({ status }) => status === 'rendered').map(({ path }) => path);
  const { pointers = new Map<string, readonly PointerGap[]>() } = set;
  const known = set.resources.flatMap(({ uid, kind }) => (pointers.get(uid) ?? []).map((gap) => ofGap(uid, kind, gap)));
  const unread = set.resources.filter((resource) => isPointer(resource) && !pointers.has(resource.uid));
  const found = unread.map((resource): EngineFinding => {
    const { kind, uid } = resource;
    const [first = { path: [], what: 'what it deploys' }, ...more] = deployed(resource.object);
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    const folder = first.folder;
    const here = folder !== undefined && units.some((unit) => unit === folder || unit.startsWith(`${folder}/`));
    return {
      engine: 'gate',
      rule: gapRule,
      category: 'policy',
      title: `${first.what}${others} is not rendered${here ? ` as this ${kind} deploys it; the files of ${folder} were evaluated as they are` : ''}`,
      detail: `This ${kind} deploys something that the gate does not render. It may run anything, and no engine evaluated it.`,
      severity: 'unknown',
      subject: { kind: 'resource', resource: uid, path: first.path },
      fix: {
        text: `Render what the ${kind} deploys in a step before the gate and add the output to \`paths\`, or waive gate/not-evaluated for it.`,
      },
    };
  });
  return [...known, ...found];
}

function ofGap(uid: string, kind: string, { path, what, reason, next }: PointerGap): EngineFinding {
  return {
    engine: 'gate',
    rule: gapRule,
    category: 'policy',
    title: `${what} was not evaluated: ${reason}`,
    detail: `This ${kind} deploys it. It may run anything, and no engine evaluated it.`,
    severity: 'unknown',
    subject: { kind: 'resource', resource: uid, path },
    fix: { text: next },
  };
}

function deployed(object: JsonObject): readonly Deployed[] {
  for (const pattern of sources) {
    const found = expand(object, pattern, []).flatMap((at) => {
      const map = valueAt(object, at);
      const named = isObject(map) ? describe(map, at) : undefined;
      return named === undefined ? [] : [named];
    });
    if (found.length > 0) return found;
  }
  return [];
}

function expand(value: JsonValue | undefined, [step, ...rest]: FieldPath, at: FieldPath): readonly FieldPath[] {
  if (value === undefined) return [];
  if (step === undefined) return [at];
  if (step === '*') return Array.isArray(value) ? value.flatMap((item, index) => expand(item, rest, [...at, index])) : [];
  return expand(valueAt(value, [step]), rest, [...at, step]);
}

function describe(map: JsonObject, at: FieldPath): Deployed | undefined {
  const first = (...keys: readonly string[]): readonly [string, string] | undefined => {
    for (const key of keys) {
      const value = map[key];
      if (typeof value === 'string' && value !== '') return [key, value];
    }
    return undefined;
  };
  const repository = first('repoURL', 'repository', 'repo', 'url')?.[1] ?? reference(map.sourceRef) ?? reference(map.repository);
  const from = repository === undefined ? '' : ` of ${repository}`;
  const version = first('version', 'targetRevision')?.[1];
  // Crossplane and kapp: a chart name next to its repository.
  const chart = first('chart', 'chartName') ?? (map.repository === undefined ? undefined : first('name'));
  if (chart !== undefined)
    return { path: [...at, chart[0]], what: `chart ${chart[1]}${version === undefined ? '' : ` ${version}`}${from}` };
  const folder = first('path', 'subPath');
  if (folder !== undefined) {
    const clean = folder[1].replace(/^(?:\.?\/)+/, '').replace(/\/$/, '');
    return {
      path: [...at, folder[0]],
      what: `path ${folder[1]}${from}`,
      ...(clean !== '' && clean !== '.' && { folder: clean }),
    };
  }
  const { paths } = map;
  if (Array.isArray(paths) && paths.length > 0) return { path: [...at, 'paths'], what: `${paths.length} paths${from}` };
  const other = first('repoURL', 'repo', 'url', 'image', 'refName', 'name', 'chartContent');
  if (other === undefined) return undefined;
  if (other[0] === 'chartContent') return { path: [...at, 'chartContent'], what: 'the chart in `chartContent`' };
  const kind = typeof map.kind === 'string' ? `${map.kind} ` : '';
  return { path: [...at, other[0]], what: `${kind}${other[1]}` };
}

/** `GitRepository flux-system`. */
function reference(value: JsonValue | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const { kind, name, url } = value;
  if (typeof url === 'string') return url;
  return typeof name === 'string' ? `${typeof kind === 'string' ? `${kind} ` : ''}${name}` : undefined;
}
