import { goodDeployment } from '../../support/manifests.ts';
import { judgeBoth } from '../in-process.ts';
import { type Damage, launcher } from '../launcher.ts';
import type { Row, Trial } from '../row.ts';

const day = 86_400_000;
const onlyImages = 'version: 1\nengines: { trivy: { scanners: [vuln] } }\n';

/** The same deployment, of an image in which the computed Trivy finds a critical vulnerability, or nothing. */
export function deploymentOf(reference: string): Readonly<Record<string, string>> {
  return { 'deploy/web.yaml': goodDeployment.replace('registry.example.com/shop/web:2.4.1', reference) };
}

function imageFiles(truth: Trial['truth']): Readonly<Record<string, string>> {
  const name = truth === 'clean' ? 'web' : 'vulnerable';
  return { ...deploymentOf(`registry.example.com/shop/${name}:1`), '.k8s-gate.yaml': onlyImages };
}

interface Case {
  readonly fault: string;
  readonly damage?: Damage;
  /** The call that is hit. */
  readonly when?: string;
  readonly expects?: Row['expects'];
  /** How far the clock is off, in milliseconds, or the time it shows. */
  readonly skewMs?: number;
  readonly now?: Date;
}
const image = '^image (?!.*--download-db-only)';
const sbom = '^sbom ';
const download = '--download-db-only';
const edit = (name: string): Damage => ({ how: 'edit', edit: name });

const cases: readonly Case[] = [
  { fault: 'nothing (so that the table is not all noise)', expects: 'true' },
  { fault: 'the report on an image is cut off', damage: { how: 'truncate', at: 0.7 }, when: image },
  { fault: 'the report on an image is not written', damage: { how: 'nothing' }, when: image },
  { fault: 'the report on an image does not mention the image', damage: edit('bare'), when: image },
  { fault: 'the report on an image is about another', damage: edit('other-image'), when: image },
  { fault: 'the scan of an image is killed', damage: { how: 'kill' }, when: image },
  { fault: 'the planted vulnerability is not found', damage: edit('no-vulnerabilities'), when: sbom },
  { fault: 'the planted vulnerability is not looked for', damage: { how: 'nothing' }, when: sbom },
  { fault: 'the database can not be downloaded', damage: { how: 'failing-silently', code: 1 }, when: download },
  { fault: 'the clock is an hour and a half late', skewMs: -90 * 60_000 },
  { fault: 'the clock is a month early', skewMs: 30 * day },
  { fault: 'the clock shows 1970', now: new Date(0) },
  { fault: 'the clock shows 2038', now: new Date('2038-01-20T00:00:00Z') },
  { fault: 'the clock is a day early, within what is allowed', skewMs: day, expects: 'true' },
];

export const trivyRows: readonly Row[] = cases.map(({ fault, damage, when, expects, skewMs, now }) => ({
  id: `trivy images: ${fault}`,
  area: skewMs === undefined && now === undefined ? 'images and their database' : 'clock',
  fault: `trivy, images: ${fault}`,
  expects: expects ?? 'error',
  async run() {
    const executable = await launcher({
      id: 'trivy',
      ...(damage !== undefined && { damage }),
      ...(when !== undefined && { when }),
    });
    const shown = (): Date => now ?? new Date(Date.now() + (skewMs ?? 0));
    return judgeBoth((truth) => ({
      // cel finds nothing in either, and sees what a Trivy that looks at images only does not.
      engines: 'cel,trivy',
      tools: [`trivy=${executable}`],
      files: imageFiles(truth),
      ports: (real) => ({ ...real, clock: { ...real.clock, now: shown } }),
    }));
  },
}));
