import type { Entry } from './entry.ts';

const licenses = ['docs/licenses.md'];

/** What Trivy's scan of an image is reported as by the gate's own names. */
export const imageRules: readonly Entry[] = [
  {
    name: 'trivy/license/denied',
    title: 'a package of the image has a license that the configuration denies',
    severity: 'critical',
    why: 'Anyone who distributes the image, or runs it as a service, has to comply with all licenses in it. `licenses.deny` lists those that are not permitted.',
    fix: 'Build the image without the package, or use an image without it. A waiver records that its use is permitted.',
    references: licenses,
  },
  {
    name: 'trivy/license/not-allowed',
    title: 'a package of the image has a license that is not allowed',
    severity: 'critical',
    why: 'With `licenses.allow`, only the licenses of that list are permitted.',
    fix: 'Add the license to `licenses.allow` on the base branch if it is permitted, or build the image without the package.',
    references: licenses,
  },
  {
    name: 'trivy/license/unknown',
    title: 'the license of packages of the image is unknown',
    severity: '`licenses.unknown`, by default unknown, which warns',
    why: 'The package states no license, or a text that is not in the SPDX list. It may be any license, including one that is denied.',
    fix: 'Read the license. Add its text as `name: …` to `licenses.allow` or `licenses.deny`, or waive the finding.',
    references: licenses,
  },
  {
    name: 'trivy/trivy/os-end-of-life',
    title: 'the distribution of the image no longer gets updates',
    severity: 'high',
    why: 'It gets no security updates and hardly any advisories, so few findings do not mean that it is secure.',
    fix: 'Build the image on a supported release.',
    references: ['docs/severity.md'],
  },
  {
    name: 'trivy/image/newer-tag',
    title: 'an image with vulnerabilities has a newer version',
    severity: 'low',
    why: 'A newer release of the same image may be built from updated packages. Only with `engines.trivy.updates`; with `scan`, it is reported how many vulnerabilities the newest patch release removes.',
    fix: 'Use the newer tag. `k8s-gate fix --rule trivy/image/newer-tag` writes the one that was scanned.',
    references: ['docs/severity.md'],
  },
  {
    name: 'trivy/image/base-updated',
    title: 'the base of an image with vulnerabilities has been updated since the image was built',
    severity: 'low',
    why: 'An image contains the packages that its base had when it was built. Only with `engines.trivy.updates`, and for images whose manifest names its base.',
    fix: 'Rebuild the image, or use a tag that was built on the current base.',
    references: ['docs/severity.md'],
  },
];
