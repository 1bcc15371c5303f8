import type { AttestedSboms } from '../../model/attested-sbom.ts';
import type { Target } from '../../model/engine-run.ts';
import { parseImageName } from '../../model/image-name.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { nearest } from '../../model/nearest.ts';
import { once } from '../../model/once.ts';
import { imageTargets } from '../all-targets.ts';
import type { Engine, IdleEntry, SbomContext } from '../engine.ts';
import { nothing, type Part } from '../part.ts';
import { engineId, uncoveredFinding } from './findings.ts';
import { type SignaturesOptions, signaturesOptionsSchema } from './options.ts';
import type { Context } from './registry.ts';
import { coveredImages, covers, listOf, rulesFor } from './rules.ts';
import { tightens } from './tightens.ts';

export const signaturesEngine: Engine<SignaturesOptions> = {
  id: engineId,
  title: 'Signatures',
  kind: 'scanner',
  scope: () => 'target',
  summary: 'Who signed and built the images: cosign signatures, SLSA provenance and other attestations, according to your rules.',
  options: signaturesOptionsSchema,
  notApplicable,
  targets: imageTargets,
  run,
  settings: { idle, files, tightens },
  sboms,
};

function notApplicable(set: ManifestSet, options: SignaturesOptions): string | undefined {
  if (options.rules.length === 0 && options.unsigned === 'off') return 'no rule is configured';
  return imageTargets(set).length === 0 ? 'no images' : undefined;
}

async function run(context: Context): Promise<Part> {
  const { set, options } = context;
  const covered = coveredImages(set.images, options);
  const part = covered.length === 0 ? nothing : await (await import('./judge-images.ts')).judgeImages(context, covered);
  const rest = set.images.filter(({ reference }) => rulesFor(reference, options).length === 0);
  const { unsigned } = options;
  return {
    ...part,
    version: 'built-in',
    findings: [
      ...part.findings,
      ...(unsigned === 'off' ? [] : rest.map(({ reference }) => uncoveredFinding(reference, unsigned))),
    ],
    coverage: [
      ...part.coverage,
      ...rest.map(({ reference }) => {
        const target: Target = { kind: 'image', reference };
        return unsigned === 'off'
          ? { target, status: 'not-applicable' as const, reason: 'no rule of engines.signatures matches it' }
          : { target, status: 'evaluated' as const };
      }),
    ],
  };
}

/** Its libraries are loaded by the first image that a rule is about. */
function sboms(options: SignaturesOptions, context: SbomContext): AttestedSboms | undefined {
  if (!options.rules.some(({ sbom }) => sbom === 'use')) return undefined;
  const verified = once(async () => (await import('./attested-sboms.ts')).attestedSboms({ ...context, options }));
  return async (image) => {
    if (!rulesFor(image.reference, options).some(({ sbom }) => sbom === 'use')) return { status: 'not-wanted' };
    return (await verified())(image);
  };
}

/** Patterns that no image matches: perhaps misspelled, and the image that is meant is not verified. */
function idle({ images }: ManifestSet, { rules }: SignaturesOptions): readonly IdleEntry[] {
  const here = [...new Set(images.flatMap(({ reference }) => parseImageName(reference)?.repository ?? []))];
  return rules.flatMap(({ images: patterns }, index) =>
    listOf(patterns)
      .filter((pattern) => !images.some(({ reference }) => covers(pattern, reference)))
      .map((pattern) => {
        const near = nearest(pattern, here);
        return {
          title: `the rule for ${pattern} matches no image`,
          path: ['rules', index, 'images'],
          ...(near !== undefined && { near }),
        };
      }),
  );
}

function files({ rules }: SignaturesOptions): readonly string[] {
  return rules.flatMap(({ keys, roots }) => [...keys.flatMap(({ file }) => file ?? []), ...(roots === undefined ? [] : [roots])]);
}
