import { matchesGlob } from '../../model/glob.ts';
import type { Image } from '../../model/image.ts';
import { matchesImage, parseImageName } from '../../model/image-name.ts';
import type { Rule, SignaturesOptions } from './options.ts';

/** Any of several patterns. */
export function matchesAny(patterns: string | readonly string[], text: string): boolean {
  return listOf(patterns).some((pattern) => matchesGlob(pattern, text));
}

export function listOf(patterns: string | readonly string[]): readonly string[] {
  return typeof patterns === 'string' ? [patterns] : patterns;
}

/** The name of a rule in findings. */
export function ruleName({ images }: Rule): string {
  return listOf(images).join(', ');
}

/** Every rule that an image must satisfy. */
export function rulesFor(reference: string, { rules }: SignaturesOptions): readonly Rule[] {
  return rules.filter(({ images }) => listOf(images).some((pattern) => covers(pattern, reference)));
}

/**
 * Whether a rule's pattern matches an image. Rather one more than one less: a rule for `nginx:1.25` also matches `nginx:1.25@sha256:…`, and a
 * pattern without a tag or digest any of them.
 */
export function covers(pattern: string, reference: string): boolean {
  const name = parseImageName(reference);
  if (name === undefined) return false;
  const { repository, tag } = name;
  const names = [reference, ...(tag === undefined ? [] : [`${repository}:${tag}`])];
  const own = /[:@][^/]*$/.test(pattern) ? [pattern] : [pattern, `${pattern}:*`, `${pattern}@*`];
  return own.some((one) => names.some((each) => matchesImage(one, each)));
}

/** Images with the rules that apply to them; those without a rule are not included. */
export function coveredImages(
  images: readonly Image[],
  options: SignaturesOptions,
): readonly { readonly image: Image; readonly rules: readonly Rule[] }[] {
  return images.map((image) => ({ image, rules: rulesFor(image.reference, options) })).filter(({ rules }) => rules.length > 0);
}
