import type { Surroundings, Unused } from './unused.ts';

/** `licenses` where the configuration itself switches off what would evaluate them. An engine that a run leaves out is in its report. */
export function unevaluatedLicenses({ inputs: { config, engines, loaded }, set }: Surroundings): readonly Unused[] {
  if (config.licenses === undefined || set.images.length === 0) return [];
  const trivy = engines.find(({ id }) => id === 'trivy');
  const isOff = loaded.config.engines?.trivy === false;
  const scansImages = trivy?.targets(set).some(({ kind }) => kind === 'image') === true;
  if (!isOff && scansImages) return [];
  return [
    {
      setting: 'licenses',
      ...loaded.place(['licenses']),
      title: `\`licenses\` is not evaluated, because ${isOff ? 'Trivy is disabled' : '`engines.trivy.scanners` contains no scanner of images'}`,
      effect: 'weaker',
      next: isOff
        ? 'Enable `engines.trivy`, or remove `licenses`.'
        : 'Add `vuln` or `secret` to the scanners, or remove `licenses`.',
    },
  ];
}
