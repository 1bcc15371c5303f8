import type { Target } from '../../model/engine-run.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import { imageTargets, resourceTargets } from '../all-targets.ts';
import type { Engine, EngineContext } from '../engine.ts';
import type { Part } from '../part.ts';
import { engineId } from './findings.ts';
import { type TrivyOptions, trivyOptionsSchema } from './options.ts';
import { attempt } from './part.ts';
import { trivySettings } from './settings.ts';

export const trivyEngine: Engine<TrivyOptions> = {
  id: engineId,
  title: 'Trivy',
  kind: 'scanner',
  scope: () => 'target',
  summary: 'Vulnerabilities and secrets of the images, misconfigurations and secrets of the manifests.',
  tool: 'trivy',
  options: trivyOptionsSchema,
  notApplicable,
  targets,
  run,
  settings: {
    ...trivySettings,
    files: ({ secretConfig }) => (secretConfig === undefined ? [] : [secretConfig]),
  },
};

function manifestTargets(set: ManifestSet, options: TrivyOptions): readonly Target[] {
  return options.scanners.some((scanner) => scanner !== 'vuln') ? resourceTargets(set) : [];
}

function imagesToScan(set: ManifestSet, options: TrivyOptions): readonly Target[] {
  return options.scanners.some((scanner) => scanner !== 'misconfig') ? imageTargets(set) : [];
}

function targets(set: ManifestSet, options: TrivyOptions): readonly Target[] {
  return [...manifestTargets(set, options), ...imagesToScan(set, options)];
}

function notApplicable(set: ManifestSet, options: TrivyOptions): string | undefined {
  return targets(set, options).length > 0 ? undefined : `no input for its scanners (${options.scanners.join(', ')})`;
}

async function run(bare: EngineContext<TrivyOptions>): Promise<Part> {
  // A run without this engine does not load the code of its scans.
  const [{ judgeImages }, { judgeManifests }, { writeSecretRules }, { layOut }] = await Promise.all([
    import('./images.ts'),
    import('./manifests.ts'),
    import('./secret-rules.ts'),
    import('./workspace.ts'),
  ]);
  const context = { ...bare, folders: await layOut(bare) };
  const secretRules = bare.options.scanners.includes('secret') ? await writeSecretRules(context) : undefined;
  const { set, options } = bare;
  // In parallel, since images mostly wait for registries and databases.
  const [manifests, images] = await Promise.all([
    attempt(manifestTargets(set, options), () => judgeManifests(context, secretRules)),
    attempt(imagesToScan(set, options), () => judgeImages(context, secretRules)),
  ]);
  return {
    findings: [...manifests.findings, ...images.findings],
    coverage: [...manifests.coverage, ...images.coverage],
    notes: [...manifests.notes, ...images.notes],
    ...(images.digests !== undefined && { digests: images.digests }),
    ...(bare.packages === true && images.packages !== undefined && { packages: images.packages }),
    ...(images.databases !== undefined && { databases: images.databases }),
  };
}
