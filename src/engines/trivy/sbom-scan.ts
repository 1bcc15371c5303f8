import { createHash } from 'node:crypto';
import path from 'node:path';
import { inParallel } from '../../model/concurrency.ts';
import { toGateError } from '../../model/gate-error.ts';
import { groupBy } from '../../model/group.ts';
import type { Image } from '../../model/image.ts';
import { sbomArgs } from './args.ts';
import { imageWarnings } from './log-lines.ts';
import { readReport, sourceOfPackage, type TrivyReport } from './output.ts';
import { parsePackageUrl } from './package-url.ts';
import { requireSuccess, runTrivy, type TrivyContext } from './process.ts';
import { isOfSystem, packagesOfSbom, type SbomPackages, UnusableSbom } from './sbom-packages.ts';
import type { ScanServer } from './server.ts';

/** A bill of materials that may be scanned instead of an image. `digest`: of the image. */
export interface UsableSbom extends SbomPackages {
  readonly digest: string;
  readonly sha256: string;
  readonly title: string;
}
/** Or why there is none although a rule wants one. */
export type ImageSbom = UsableSbom | { readonly why: string };

/** By reference; images for which no rule wants one are missing. */
export async function findSboms(context: TrivyContext, images: readonly Image[]): Promise<ReadonlyMap<string, ImageSbom>> {
  const { sboms, options } = context;
  if (sboms === undefined || !options.scanners.includes('vuln')) return new Map();
  const remote = images.filter(({ source }) => source.kind === 'registry');
  const found = await inParallel(8, remote, async (image): Promise<readonly [string, ImageSbom][]> => {
    const answer = await sboms(image);
    if (answer.status === 'not-wanted') return [];
    if (answer.status === 'none') return [[image.reference, { why: answer.why }]];
    const whys: string[] = [];
    const usable = answer.sboms.flatMap((one) => {
      try {
        const { document, urls } = packagesOfSbom(one);
        const json = JSON.stringify(document);
        const sha256 = createHash('sha256').update(json).digest('hex');
        const title = `the SBOM that ${one.by} attested (${one.format}, ${composition(urls)})`;
        return [{ digest: answer.digest, sha256, title, document, urls }];
      } catch (thrown) {
        whys.push(thrown instanceof UnusableSbom ? thrown.message : 'it cannot be read');
        return [];
      }
    });
    // Signers who attest the same in two formats, or in several parts.
    const [most] = usable.toSorted((a, b) => b.urls.length - a.urls.length || (a.sha256 < b.sha256 ? -1 : 1));
    return [[image.reference, most ?? { why: whys[0] ?? 'none is attested' }]];
  });
  return new Map(found.flat());
}

/** `88 deb, 126 npm` */
function composition(urls: SbomPackages['urls']): string {
  return [...groupBy(urls, ({ type }) => type)]
    .map(([type, some]) => `${some.length} ${type}`)
    .toSorted()
    .join(', ');
}

export type SbomScan =
  | { readonly status: 'scanned'; readonly report: TrivyReport; readonly notes: readonly string[] }
  | { readonly status: 'unusable'; readonly why: string };

/** Scans an SBOM with the database of the images. Trivy ignores what it cannot assign, so all packages have to be in its report. */
export async function scanSbom(
  context: TrivyContext,
  { sha256, document, urls }: UsableSbom,
  { server, licenses }: { readonly server: ScanServer | undefined; readonly licenses: boolean },
): Promise<SbomScan> {
  const { folders, ports, options, workdir } = context;
  const file = path.join(workdir, 'sboms', `${sha256}.json`);
  const report = path.join(folders.reports, `sbom-${sha256}.json`);
  const what = 'scan of an attested SBOM';
  try {
    await ports.files.write(file, JSON.stringify(document));
    const args = sbomArgs(folders, {
      ...{ file, report, server: server?.url, ignoreUnfixed: options.ignoreUnfixed },
      scanners: ['vuln', ...(licenses ? ['license'] : [])],
    });
    const ended = await runTrivy(context, args, server ?? { network: 'none' });
    requireSuccess(ended, what);
    const found = await readReport(ports.files, report, what);
    const why = found.ArtifactName === file ? incomplete(found, urls) : 'Trivy reported on another file';
    return why === undefined
      ? { status: 'scanned', report: found, notes: imageWarnings(ended.stderr) }
      : { status: 'unusable', why };
  } catch (thrown) {
    return { status: 'unusable', why: toGateError(thrown, 'ENGINE_FAILED').details.message.slice(0, 300) };
  }
}

/** Why a report does not contain all packages. Those of an operating system are looked up by the name of their source package. */
function incomplete({ Results = [] }: TrivyReport, urls: SbomPackages['urls']): string | undefined {
  const listed = new Map(
    Results.flatMap(({ Packages = [] }) => Packages).flatMap((entry) => {
      const { purl, source } = sourceOfPackage(entry);
      const url = purl === undefined ? undefined : parsePackageUrl(purl);
      return url === undefined ? [] : [[url.key, source] as const];
    }),
  );
  const missing = urls.filter(({ key }) => !listed.has(key));
  if (missing[0] !== undefined)
    return `Trivy does not evaluate ${missing.length} of its packages (${missing
      .slice(0, 3)
      .map(({ key }) => key)
      .join(', ')
      .slice(0, 200)})`;
  const other = urls.find((url) => isOfSystem(url) && url.source !== undefined && listed.get(url.key) !== url.source.name);
  return other === undefined ? undefined : `Trivy does not read the source package of ${other.key.slice(0, 200)}`;
}
