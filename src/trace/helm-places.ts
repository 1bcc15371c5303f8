import { type FieldPath, valueAt } from '../model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { EffectiveValues } from '../render/helm-values.ts';
import { fieldsOf, isScalar, pathKey } from './fields.ts';
import type { ValuesLeaf } from './helm-leaves.ts';
import { keyPattern, type TemplatePlace } from './helm-lines.ts';
import type { Found } from './search.ts';
import type { Hit } from './sentinels.ts';

type Templates = ReadonlyMap<string, readonly string[]>;

/** Where values decide a field of one document: a scalar that shows them, or a map or list that was copied from them. */
export function createValuesPlaces(
  root: JsonValue,
  found: ReadonlyMap<string, Found<ValuesLeaf>>,
  effective: EffectiveValues,
  templates: Templates,
  template: (field: FieldPath) => TemplatePlace | undefined,
): (field: FieldPath) => SourceLocation | undefined {
  function ofHits({ hits, line }: Found<ValuesLeaf>): SourceLocation | undefined {
    const hit = decisive(hits, effective);
    const place = hit === undefined ? undefined : effective.locate(hit.leaf.path);
    if (place === undefined || line === undefined || hit === undefined) return place;
    return lineOfText(place, String(hit.leaf.value), line, effective.lines(place.file));
  }

  /** The values that all of this map or list was copied from; the key itself may be the template's. */
  function ofCopy(field: FieldPath, value: JsonValue): SourceLocation | undefined {
    for (const { path: below } of fieldsOf(value)) {
      const at = [...field, ...below];
      const hit = found.get(pathKey(at))?.hits[0];
      if (below.length === 0 || hit === undefined || !hit.whole) continue;
      const base = hit.leaf.path.slice(0, hit.leaf.path.length - below.length);
      if (base.length === 0 || pathKey([...base, ...below]) !== pathKey(hit.leaf.path)) return undefined;
      if (!isPartOf(value, valueAt(effective.values, base)) || isWrittenOut(at, template(at), templates)) return undefined;
      return effective.locate(base);
    }
    return undefined;
  }

  return (field) => {
    const value = valueAt(root, field);
    const own = found.get(pathKey(field));
    if (own !== undefined) return ofHits(own);
    return value === undefined || isScalar(value) ? undefined : ofCopy(field, value);
  };
}

/** Of several values in one field, the one that the release's last file sets; else the last in the text: an image's tag. */
function decisive(hits: readonly Hit<ValuesLeaf>[], { rank }: EffectiveValues): Hit<ValuesLeaf> | undefined {
  return hits.toSorted((one, other) => rank(other.leaf.path) - rank(one.leaf.path) || other.at - one.at)[0];
}

/** Whether the template writes the key or the dash itself, and takes only what is behind it from the values. */
function isWrittenOut(field: FieldPath, place: TemplatePlace | undefined, templates: Templates): boolean {
  const text = place === undefined ? '' : (templates.get(place.file)?.[place.line - 1] ?? '');
  const step = field.at(-1);
  return typeof step === 'number' ? /^\s*- /.test(text) : step !== undefined && keyPattern(step).test(text);
}

/** Whether every entry of a map is there, with the same value. The template may have left out some. */
function isPartOf(part: JsonValue, whole: JsonValue | undefined): boolean {
  if (isArray(part))
    return isArray(whole) && part.length === whole.length && part.every((item, index) => isPartOf(item, whole[index]));
  if (isObject(part)) return isObject(whole) && Object.entries(part).every(([key, item]) => isPartOf(item, whole[key]));
  return part === whole || (typeof whole === 'string' && whole.includes('{{'));
}

/** The lines of a block scalar are below its key, as they are but for their indentation. */
function lineOfText(place: SourceLocation, text: string, line: number, lines: readonly string[]): SourceLocation {
  const wanted = text.split('\n')[line]?.trim();
  const at = place.line + line + 1;
  return wanted !== undefined && lines[at - 1]?.trim() === wanted ? { file: place.file, line: at, precision: 'field' } : place;
}
