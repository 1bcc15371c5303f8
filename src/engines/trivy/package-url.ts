import { attempt } from '../../model/attempt.ts';

/** https://github.com/package-url/purl-spec */
export interface PackageUrl {
  /** `deb`, `npm` */
  readonly type: string;
  /** `npm/@scope/name@1.2.0`, as tools write it in different ways: in lower case, without qualifiers. */
  readonly key: string;
  /** The qualifier `upstream` of Syft: the source package, if it has another name or version. */
  readonly source?: { readonly name: string; readonly version?: string };
}

/** Undefined if the text is not a package URL. */
export function parsePackageUrl(text: string): PackageUrl | undefined {
  const [, type, name, version, query] =
    /^pkg:\/*([A-Za-z][\w.+-]*)\/+([^?#]+?)(?:@([^@?#/]*))?(?:\?([^#]*))?(?:#.*)?$/.exec(text) ?? [];
  if (type === undefined || name === undefined) return undefined;
  const decoded = attempt(() => decodeURIComponent(`${name.replace(/^\/+|\/+$/g, '')}@${version ?? ''}`));
  if (decoded === undefined) return undefined;
  const upstream = new URLSearchParams(query?.replaceAll('+', '%2B')).get('upstream');
  const source = upstream === null || upstream === '' ? undefined : sourceOf(upstream);
  return {
    type: type.toLowerCase(),
    key: `${type}/${decoded}`.toLowerCase().replaceAll('_', '-'),
    ...(source !== undefined && { source }),
  };
}

/** `openssl`, `glibc@2.36-9`, or the file of a source RPM: `openssl-libs-3.0.7-1.el9.src.rpm`. */
function sourceOf(upstream: string): NonNullable<PackageUrl['source']> {
  const rpm = /^(.+)-[^-]+-[^-]+\.src\.rpm$/.exec(upstream)?.[1];
  if (rpm !== undefined) return { name: rpm };
  const [name = '', version] = upstream.split('@');
  return version === undefined || version === '' ? { name } : { name, version };
}
