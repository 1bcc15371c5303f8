import * as z from 'zod';
import type { AttestedSbom } from '../../model/attested-sbom.ts';
import { type PackageUrl, parsePackageUrl } from './package-url.ts';

/** A bill of materials, and what Trivy has to list if it evaluates all of it. */
export interface SbomPackages {
  /** For Trivy, with source packages where it reads them. */
  readonly document: object;
  readonly urls: readonly PackageUrl[];
}

const text = z.string().optional();
const component = z.looseObject({
  type: z.string(),
  name: z.string(),
  purl: text,
  properties: z.array(z.looseObject({ name: text, value: text })).optional(),
  get components() {
    return z.array(component).optional();
  },
});
type Component = z.infer<typeof component>;
const cycloneDx = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ type: text, purl: text }).optional() }).optional(),
  components: z.array(component),
});

const spdxPackage = z.looseObject({
  name: z.string(),
  SPDXID: z.string(),
  primaryPackagePurpose: text,
  sourceInfo: text,
  externalRefs: z.array(z.looseObject({ referenceType: text, referenceLocator: text })).optional(),
});
type SpdxPackage = z.infer<typeof spdxPackage>;
const spdx = z.looseObject({
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  spdxVersion: z.string().regex(/^SPDX-2\./),
  packages: z.array(spdxPackage),
});

/** Why a document cannot replace an image. */
export class UnusableSbom extends Error {}

/** Throws UnusableSbom unless it lists packages of an image, each by a package URL, and names their source packages. */
export function packagesOfSbom({ format, document }: AttestedSbom): SbomPackages {
  const read = format === 'CycloneDX' ? readCycloneDx(document) : readSpdx(document);
  const os = read.urls.filter(isOfSystem);
  if (read.urls.length === 0) throw new UnusableSbom('it lists no packages');
  if (read.unnamed.length > 0)
    throw new UnusableSbom(
      `${read.unnamed.length} of its packages have no package URL (${read.unnamed.slice(0, 3).join(', ').slice(0, 150)})`,
    );
  if (os.length > 0 && !read.namesSources)
    throw new UnusableSbom(
      'it does not name the source packages of its operating system, by which distributions list vulnerabilities',
    );
  return { document: read.document, urls: read.urls };
}

interface Read {
  readonly document: object;
  readonly urls: readonly PackageUrl[];
  /** Packages that nothing can be looked up for. */
  readonly unnamed: readonly string[];
  readonly namesSources: boolean;
}

const sourceName = 'aquasecurity:trivy:SrcName';
const sourceVersion = 'aquasecurity:trivy:SrcVersion';

function readCycloneDx(document: unknown): Read {
  const { data } = cycloneDx.safeParse(document);
  if (data === undefined) throw new UnusableSbom('it is not CycloneDX in JSON');
  const { type, purl } = data.metadata?.component ?? {};
  requireImage(type === 'container' || isOfImage(purl));
  const all = data.components.flatMap(withNested);
  const urls = all.flatMap((one) => urlOf(one.purl, one.name) ?? []);
  const hasSource = ({ properties = [] }: Component): boolean => properties.some(({ name }) => name === sourceName);
  const components = data.components.map((one) => {
    const { source } = urlOf(one.purl, one.name) ?? {};
    if (source === undefined || hasSource(one)) return one;
    const added = [
      { name: sourceName, value: source.name },
      ...(source.version === undefined ? [] : [{ name: sourceVersion, value: source.version }]),
    ];
    return { ...one, properties: [...(one.properties ?? []), ...added] };
  });
  return {
    document: { ...data, components },
    urls,
    unnamed: all.filter(({ type: kind, purl: url }) => /^(library|framework)$/.test(kind) && url === undefined).map(nameOf),
    namesSources: urls.some(({ source }) => source !== undefined) || all.some(hasSource),
  };
}

const builtFrom = 'built package from';

function readSpdx(document: unknown): Read {
  const { data } = spdx.safeParse(document);
  if (data === undefined) throw new UnusableSbom('it is not SPDX 2 in JSON');
  const urlIn = ({ externalRefs = [] }: SpdxPackage): string | undefined =>
    externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator;
  requireImage(data.packages.some((one) => one.primaryPackagePurpose === 'CONTAINER' || isOfImage(urlIn(one))));
  const hasSource = ({ sourceInfo }: SpdxPackage): boolean => sourceInfo?.startsWith(builtFrom) === true;
  const urls = data.packages.flatMap((one) => urlOf(urlIn(one), one.name) ?? []);
  const packages = data.packages.map((one) => {
    const { source } = urlOf(urlIn(one), one.name) ?? {};
    if (source === undefined || hasSource(one)) return one;
    return { ...one, sourceInfo: `${builtFrom}: ${[source.name, source.version].filter(Boolean).join(' ')}` };
  });
  const isPackage = ({ primaryPackagePurpose: purpose = 'LIBRARY', SPDXID }: SpdxPackage): boolean =>
    /^(LIBRARY|FRAMEWORK)$/.test(purpose) && !/^SPDXRef-(OperatingSystem|Application|DocumentRoot)/.test(SPDXID);
  return {
    document: { ...data, packages },
    urls,
    unnamed: data.packages.filter((one) => isPackage(one) && urlIn(one) === undefined).map(nameOf),
    namesSources: urls.some(({ source }) => source !== undefined) || data.packages.some(hasSource),
  };
}

function requireImage(is: boolean): void {
  if (!is) throw new UnusableSbom('it does not state that it is about a container image');
}

function withNested(one: Component): readonly Component[] {
  return [one, ...(one.components ?? []).flatMap(withNested)];
}

function isOfImage(purl: string | undefined): boolean {
  return /^pkg:(oci|docker)\//.test(purl ?? '');
}

/** Undefined for what is not a package: the image itself, or a file that was downloaded. */
function urlOf(purl: string | undefined, name: string): PackageUrl | undefined {
  if (purl === undefined) return undefined;
  const url = parsePackageUrl(purl);
  if (url === undefined) throw new UnusableSbom(`the package URL of ${name.slice(0, 100)} is invalid`);
  return /^(oci|docker|generic|github)$/.test(url.type) ? undefined : url;
}

export function isOfSystem({ type }: PackageUrl): boolean {
  return /^(deb|apk|rpm)$/.test(type);
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
