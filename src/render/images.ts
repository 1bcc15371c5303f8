import type { GateConfig } from '../model/config.ts';
import { formatPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import type { Image, ImageSource, ImageUse, Unresolved } from '../model/image.ts';
import { stringifyJson } from '../model/json.ts';
import { podTemplates } from '../model/pod-templates.ts';
import { type Resource, resourceLabel } from '../model/resource.ts';
import { podSpecPath } from '../model/workloads.ts';
import { type ImageField, imageFields } from './image-paths.ts';
import { describeText, isParameter, isReference } from './image-reference.ts';

export interface ImagesFound {
  readonly images: readonly Image[];
  readonly failures: readonly GateError[];
}

/** Characters that are kept of an invalid reference. */
const maxText = 300;

interface Found {
  readonly uses: ImageUse[];
  unresolved?: Unresolved;
}

/**
 * One entry for each reference, in the order of first use, with everything that uses it. What is not a reference is an entry, too: only where an
 * engine is to scan images does it keep the gate from judging.
 */
export function collectImages(resources: readonly Resource[], config: Pick<GateConfig, 'images'>): ImagesFound {
  const found = new Map<string, Found>();
  const failures: GateError[] = [];
  for (const resource of resources) {
    const { unsearched } = podTemplates(resource);
    if (unsearched !== undefined) failures.push(tooMuch(resource, unsearched));
    for (const field of imageFields(resource, config.images.paths)) {
      const { value, ...use } = field;
      const isOne = typeof value === 'string' && isReference(value);
      const text = typeof value === 'string' ? value : `not a string: ${stringifyJson(value)}`;
      const reference = isOne ? text : text.slice(0, maxText);
      const known: Found = found.get(reference) ?? { uses: [] };
      found.set(reference, known);
      known.uses.push({ resource: resource.uid, ...use });
      if (isOne) continue;
      const unresolved = unresolvedIn(resource, field);
      // One that a cluster would refuse decides for all that are written alike.
      if (known.unresolved === undefined || (known.unresolved.atRunTime && !unresolved.atRunTime)) known.unresolved = unresolved;
    }
  }
  const images = [...found].map(([reference, { uses, unresolved }]) => ({
    reference,
    source: sourceOf(reference, config),
    uses,
    ...(unresolved !== undefined && { unresolved }),
  }));
  return { images, failures };
}

function sourceOf(reference: string, config: Pick<GateConfig, 'images'>): ImageSource {
  const source = Object.hasOwn(config.images.sources, reference) ? config.images.sources[reference] : undefined;
  if (source === undefined) return { kind: 'registry' };
  return 'archive' in source ? { kind: 'archive', path: source.archive } : { kind: 'oci-layout', path: source.ociLayout };
}

function unresolvedIn(resource: Resource, field: ImageField): Unresolved {
  const { value } = field;
  const { file, line, column } = resource.origin.locate(field.path);
  const written = typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : 'a value that is not a string';
  const { what, next } = typeof value === 'string' ? describeText(value) : { what: 'no string', next: 'Correct the reference.' };
  const error = new GateError('IMAGE_INVALID', {
    file,
    line,
    ...(column !== undefined && { column }),
    field: { resource: resource.uid, path: field.path },
    message: `${resourceLabel(resource)} has ${written} as image in ${formatPath(field.path)}, which is ${what}`,
    expected: 'a reference such as registry.example.com/team/app:1.2.3',
    next,
  });
  const atRunTime = podSpecPath(resource) === undefined && typeof value === 'string' && isParameter(value);
  return { error, what: atRunTime ? 'a parameter that the cluster resolves' : what, atRunTime };
}

function tooMuch(resource: Resource, path: readonly (string | number)[]): GateError {
  const { file, line } = resource.origin.locate(path);
  return new GateError('MANIFEST_INVALID', {
    file,
    line,
    field: { resource: resource.uid, path },
    message: `${resourceLabel(resource)} is nested too deeply, or has too many pod templates`,
    expected: 'at most 64 levels and 1,000 pod templates',
    next: 'Split the resource.',
  });
}
