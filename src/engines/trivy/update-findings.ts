import { pointerOf, valueAt } from '../../model/field-path.ts';
import type { EngineFinding, Fix } from '../../model/finding.ts';
import type { Image } from '../../model/image.ts';
import type { ImageName } from '../../model/image-name.ts';
import type { ManifestSet } from '../../model/manifest-set.ts';
import type { BaseImage } from './base-image.ts';
import { engineId } from './findings.ts';
import type { NewerTags } from './tag-order.ts';

/** What the scan of the newest patch release proved. */
export interface Comparison {
  readonly notes: readonly string[];
  /** Vulnerabilities by id. Absent if nothing is proven. */
  readonly scanned?: {
    readonly digest: string;
    readonly total: number;
    readonly removed: readonly string[];
    readonly added: readonly string[];
  };
}

interface Newer {
  readonly name: ImageName;
  readonly newer: NewerTags;
  readonly comparison: Comparison | undefined;
}

/** Not vulnerabilities: conditions of the severity policy and what is known about CVEs are not about them. */
const common = { engine: engineId, category: 'best-practice', severity: 'low' } as const;

/** One for each field with the image, so that `fix` and suggestions can replace it. None if a scan found that the newer tag removes nothing. */
export function tagFindings(set: ManifestSet, image: Image, { name, newer, comparison }: Newer): readonly EngineFinding[] {
  const scanned = comparison?.scanned;
  const others = [newer.patch, newer.minor].filter((tag) => tag !== undefined);
  const proven = scanned !== undefined && newer.patch !== undefined && scanned.removed.length > 0;
  const unscanned = scanned === undefined ? others : others.filter((tag) => tag !== newer.patch);
  if (!proven && unscanned.length === 0) return [];
  const { reference } = image;
  const what = proven ? provenText(newer.patch, scanned, unscanned) : listedText(unscanned);
  return image.uses.map(({ resource, path }) => ({
    ...common,
    rule: 'image/newer-tag',
    title: `${reference} ${what.title}`,
    detail: what.detail,
    subject: { kind: 'resource', resource, path },
    fix: proven
      ? fixOf(set, { resource, path, reference, name, tag: newer.patch, ...scanned })
      : { text: `Build on, or deploy, a newer version: ${unscanned.join(' or ')}.` },
  }));
}

function provenText(
  tag: string,
  { digest, total, removed, added }: NonNullable<Comparison['scanned']>,
  unscanned: readonly string[],
) {
  const more = added.length === 0 ? '' : ` and adds ${added.length}`;
  return {
    title: `has a newer tag, ${tag}, that removes ${removed.length} of its ${total} vulnerabilities${more}`,
    detail: [
      `Trivy scanned ${tag} (${digest}) with the same database. It does not have ${listed(removed)}.`,
      ...(added.length === 0 ? [] : [`It has ${listed(added)}, which the present image does not have.`]),
      ...(unscanned.length === 0 ? [] : [`Newer, not scanned: ${unscanned.join(', ')}.`]),
    ].join(' '),
  };
}

function listedText(tags: readonly string[]) {
  return {
    title: `has vulnerabilities with a fix, and newer tags that were not scanned: ${tags.join(', ')}`,
    detail: 'Whether a newer tag has fewer vulnerabilities is only known by a scan.',
  };
}

function listed(ids: readonly string[]): string {
  const shown = ids.toSorted().slice(0, 10).join(', ');
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}

interface Use {
  readonly resource: string;
  readonly path: readonly (string | number)[];
  readonly reference: string;
  readonly name: ImageName;
  readonly tag: string;
  readonly digest: string;
  readonly added: readonly string[];
}

/** A patch only where nothing gets worse, and where the field is the reference. What was pinned by digest stays pinned. */
function fixOf(set: ManifestSet, { resource, path, reference, name, tag, digest, added }: Use): Fix {
  const text = `Use the tag ${tag}.`;
  const object = set.resources.find(({ uid }) => uid === resource)?.object;
  if (added.length > 0 || valueAt(object, path) !== reference) return { text };
  const bare = reference.replace(/@.*$/, '');
  const repository = bare.slice(0, bare.length - (name.tag ?? '').length);
  const value = `${repository}${tag}${name.digest === undefined ? '' : `@${digest}`}`;
  return { text, patch: [{ op: 'replace', path: pointerOf(path), value }] };
}

export function baseFinding(
  { reference }: Image,
  { name, was, now }: Extract<BaseImage, { readonly status: 'updated' }>,
): EngineFinding {
  return {
    ...common,
    rule: 'image/base-updated',
    title: `the base image ${name} has been updated since ${reference} was built`,
    detail: `It was built on ${was}; the tag has the digest ${now} now, which was not scanned. Whether a rebuild removes vulnerabilities is only known by a scan.`,
    subject: { kind: 'image', reference },
    fix: { text: `Rebuild the image on the current ${name}, or use a tag that was.` },
  };
}
