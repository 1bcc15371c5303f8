import type { GateConfig } from '../model/config.ts';
import { formatPath } from '../model/field-path.ts';
import { GateError } from '../model/gate-error.ts';
import type { Image, ImageSource, ImageUse } from '../model/image.ts';
import { type Resource, resourceLabel } from '../model/resource.ts';
import { type ImageField, imageFields } from './image-paths.ts';

export interface ImagesFound {
  readonly images: readonly Image[];
  readonly failures: readonly GateError[];
}

/** One entry for each reference, in the order of first use, with everything that uses it. */
export function collectImages(resources: readonly Resource[], config: Pick<GateConfig, 'images'>): ImagesFound {
  const uses = new Map<string, ImageUse[]>();
  const failures: GateError[] = [];
  for (const resource of resources) {
    for (const field of imageFields(resource, config.images.paths)) {
      const { value, ...use } = field;
      if (typeof value !== 'string' || !isReference(value)) {
        failures.push(invalid(resource, field));
        continue;
      }
      const known = uses.get(value);
      const used = { resource: resource.uid, ...use };
      if (known === undefined) uses.set(value, [used]);
      else known.push(used);
    }
  }
  const images = [...uses].map(([reference, used]) => ({ reference, source: sourceOf(reference, config), uses: used }));
  return { images, failures };
}

/** The grammar of distribution/reference: [host[:port]/]path[:tag][@digest]. */
const host =
  /^(?:localhost|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

function isReference(text: string): boolean {
  const match = /^([^@]+?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?$/.exec(text);
  const name = match?.[1];
  if (name === undefined || name.length > 255) return false;
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return hasHost
    ? host.test(first) && rest.every((part) => component.test(part))
    : [first, ...rest].every((part) => component.test(part));
}

function sourceOf(reference: string, config: Pick<GateConfig, 'images'>): ImageSource {
  const source = Object.hasOwn(config.images.sources, reference) ? config.images.sources[reference] : undefined;
  if (source === undefined) return { kind: 'registry' };
  return 'archive' in source ? { kind: 'archive', path: source.archive } : { kind: 'oci-layout', path: source.ociLayout };
}

function invalid(resource: Resource, field: ImageField): GateError {
  const { file, line, column } = resource.origin.locate(field.path);
  const written = typeof field.value === 'string' ? JSON.stringify(field.value.slice(0, 200)) : 'what is no string';
  return new GateError('IMAGE_INVALID', {
    file,
    line,
    ...(column !== undefined && { column }),
    message: `${resourceLabel(resource)} names ${written} as image in ${formatPath(field.path)}`,
    expected: 'a reference such as registry.example.com/team/app:1.2.3',
    next: 'Correct the reference.',
  });
}
