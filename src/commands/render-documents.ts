import { manifestText } from '../diff/manifest-text.ts';
import { type Mask, maskOf, withoutSecrets } from '../diff/secrets.ts';
import { groupBy } from '../model/group.ts';
import { formatLocation } from '../model/location.ts';
import { type Resource, resourceLabel } from '../model/resource.ts';

/** A chart, kustomization or file in one set of environments, as YAML documents. */
export interface RenderedDeployable {
  /** `charts/shop` */
  readonly unit: string;
  /** Unique in one run: `charts_shop.production.yaml` */
  readonly fileName: string;
  readonly text: string;
  readonly resources: number;
}

/** In the order of the sources. */
export function renderedDeployables(
  resources: readonly Resource[],
  { showSecrets }: { readonly showSecrets: boolean },
): readonly RenderedDeployable[] {
  const groups = groupBy(resources, ({ source: { unit }, environments }) => JSON.stringify([unit, environments]));
  const used = new Set<string>();
  const mask = showSecrets ? undefined : maskOf(resources.map(({ object }) => object));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { source, environments } = first;
    return [
      {
        unit: source.unit,
        fileName: unusedName(source.unit, environments, used),
        text: group.map((resource) => documentOf(resource, mask)).join(''),
        resources: group.length,
      },
    ];
  });
}

/** @param mask Absent: Secrets are shown. */
function documentOf(resource: Resource, mask: Mask | undefined): string {
  const { object, source, environments, origin } = resource;
  const place = formatLocation(origin.locate([]));
  const where = environments.length === 0 ? '' : ` in ${environments.join(', ')}`;
  const comments = [`# ${oneLine(`${resourceLabel(resource)} of ${source.unit}${where}`)}`, `# Source: ${oneLine(place)}`];
  return `---\n${comments.join('\n')}\n${manifestText(mask === undefined ? object : withoutSecrets(object, undefined, mask))}`;
}

/** A name of the change must not end the comment, hide text or be a command of a GitHub runner. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, '?')
    .replaceAll('##[', '## [')
    .replaceAll(/(?<!\S)::/g, ': :');
}

/** A file name of the unit and its environments; names that only differ in other characters are numbered. */
function unusedName(unit: string, environments: readonly string[], used: Set<string>): string {
  const parts = [unit === '.' ? 'root' : unit.replace(/\.ya?ml$/, ''), ...environments];
  const name = parts
    .map((part) => part.replaceAll(/[^A-Za-z0-9-]+/g, '_'))
    .join('.')
    .slice(0, 200);
  let unique = name;
  for (let count = 2; used.has(unique.toLowerCase()); count += 1) unique = `${name}-${count}`;
  used.add(unique.toLowerCase());
  return `${unique}.yaml`;
}
