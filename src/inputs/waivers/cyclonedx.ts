import * as z from 'zod';
import type { Located, LocatedDocument } from './located.ts';
import { imageNamed, type Named, namedByPurl } from './purl.ts';
import { type ReadVex, type Statement, statedAt, unknownWord, vulnerabilityNames } from './statements.ts';

/**
 * The fields of CycloneDX 1.x that decide: `vulnerabilities[].analysis` and `affects`. Minor versions only add fields, and those that narrow
 * a statement are read: `versionRange` (1.7).
 * https://github.com/CycloneDX/specification/blob/master/schema/bom-1.6.schema.json
 */
const component = z.object({
  'bom-ref': z.string().optional(),
  type: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
  versionRange: z.string().optional(),
  purl: z.string().optional(),
  get components() {
    return z.array(component).optional();
  },
});
type Component = z.infer<typeof component>;
const named = z.object({ name: z.string().optional() }).optional();
const vulnerability = z.object({
  id: z.string(),
  references: z.array(z.object({ id: z.string() })).optional(),
  analysis: z
    .object({
      state: z.string().optional(),
      justification: z.string().optional(),
      detail: z.string().optional(),
      firstIssued: z.string().optional(),
      lastUpdated: z.string().optional(),
    })
    .optional(),
  affects: z.array(z.object({ ref: z.string(), versions: z.array(z.unknown()).optional() })).optional(),
});
type Vulnerability = z.infer<typeof vulnerability>;
const schema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.\d+$/, 'expected a version such as 1.6'),
  serialNumber: z.string().optional(),
  metadata: z
    .object({
      timestamp: z.string().optional(),
      authors: z.array(z.object({ name: z.string().optional() })).optional(),
      supplier: named,
      manufacturer: named,
      manufacture: named,
      component: component.optional(),
    })
    .optional(),
  components: z.array(component).optional(),
  vulnerabilities: z.array(vulnerability).max(10_000).optional(),
});
type Bom = z.infer<typeof schema>;

const clearing: readonly string[] = ['resolved', 'resolved_with_pedigree', 'false_positive', 'not_affected'];
const open: readonly string[] = ['exploitable', 'in_triage'];

/** Throws GateError CONFIG_INVALID with the line of what is wrong. */
export function readCycloneDx(document: LocatedDocument, file: string, today: Date): ReadVex {
  const located = document.as(schema);
  const bom = located.value;
  const refs = new Map(inventory(bom).flatMap((one) => (one['bom-ref'] === undefined ? [] : [[one['bom-ref'], one] as const])));
  const read = (bom.vulnerabilities ?? []).map((written, index) => readVulnerability(written, index, located, refs, file, today));
  return { statements: read.flatMap((part) => part.statements), ignored: read.flatMap((part) => part.ignored) };
}

function inventory(bom: Bom): readonly Component[] {
  const all = (list: readonly Component[]): readonly Component[] => list.flatMap((one) => [one, ...all(one.components ?? [])]);
  return all([...(bom.metadata?.component === undefined ? [] : [bom.metadata.component]), ...(bom.components ?? [])]);
}

function readVulnerability(
  written: Vulnerability,
  index: number,
  located: Located<Bom>,
  refs: ReadonlyMap<string, Component>,
  file: string,
  today: Date,
): ReadVex {
  const { analysis } = written;
  // Without a state it is an entry of a list of vulnerabilities, which does not state its effect.
  if (analysis?.state === undefined) return { statements: [], ignored: [] };
  const path = ['vulnerabilities', index];
  const clears = clearing.includes(analysis.state);
  const author = authorOf(located.value, file);
  const common = {
    source: 'cyclonedx' as const,
    clears,
    vulnerability: vulnerabilityNames([written.id, ...(written.references ?? []).map((one) => one.id)], located, path),
    stated: statedAt(analysis.lastUpdated ?? analysis.firstIssued ?? located.value.metadata?.timestamp, today, located, path),
    author,
    reason: analysis.detail ?? analysis.justification ?? `${analysis.state}, according to ${author}`,
    ...(analysis.justification !== undefined && { justification: analysis.justification }),
    file,
  };
  const statements: Statement[] = [];
  const ignored: ReadVex['ignored'][number][] = [];
  if (!clears && !open.includes(analysis.state))
    ignored.push(
      unknownWord('state', analysis.state, [...clearing, ...open], { file, line: located.line([...path, 'analysis']) }),
    );
  for (const [position, { ref, versions }] of (written.affects ?? []).entries()) {
    const line = located.line([...path, 'affects', position]);
    const about = aboutOf(ref, located.value, refs);
    const ranged = versions !== undefined || (typeof about !== 'string' && about.ranged);
    // A doubt about some versions is a doubt about all of them; they are not cleared together.
    if (typeof about !== 'string' && !(clears && ranged)) statements.push({ ...common, ...about.about, line });
    else if (clears)
      ignored.push({
        file,
        line,
        reason: typeof about === 'string' ? about : 'names a range of versions, which is not supported',
      });
  }
  if (clears && (written.affects ?? []).length === 0)
    ignored.push({ file, line: located.line(path), reason: `${written.id} lists nothing under \`affects\`` });
  return { statements, ignored };
}

interface About {
  readonly about: Pick<Statement, 'product' | 'component'>;
  /** By `versionRange` instead of a version. */
  readonly ranged: boolean;
}

/** An image itself, or a package of the image that the document is about. */
function aboutOf(ref: string, bom: Bom, refs: ReadonlyMap<string, Component>): About | string {
  const { own, name } = bomLink(ref, bom.serialNumber);
  const inventoried = own ? refs.get(name) : undefined;
  const about = inventoried === undefined ? namedByPurl(name) : namedBy(inventoried);
  if (about === undefined) return `${ref.slice(0, 200)} is neither in the document nor a package URL`;
  if (about.kind === 'unclear') return about.reason;
  if (about.kind === 'image') return { about: { product: about }, ranged: isRanged(inventoried) };
  const program = own ? bom.metadata?.component : undefined;
  const subject = program === undefined ? undefined : namedBy(program);
  // The statement is about a library of one program: without an image as the program, it could be the library of any other.
  if (subject?.kind !== 'image')
    return `${about.name} is a package, and metadata.component does not name the image that contains it`;
  return { about: { product: subject, component: about }, ranged: isRanged(inventoried) || isRanged(program) };
}

function isRanged(one: Component | undefined): boolean {
  return one?.versionRange !== undefined;
}

/** `urn:cdx:serial/version#bom-ref` refers into a BOM, perhaps this one: https://cyclonedx.org/capabilities/bomlink/ */
function bomLink(ref: string, serial: string | undefined): { readonly own: boolean; readonly name: string } {
  const link = /^urn:cdx:([0-9a-fA-F-]{36})\/\d+#(.+)$/.exec(ref);
  if (link?.[1] === undefined || link[2] === undefined) return { own: true, name: ref };
  const own = serial?.toLowerCase() === `urn:uuid:${link[1].toLowerCase()}`;
  try {
    // A package URL has escapes of its own, so only a fragment that was escaped as a whole is unescaped.
    return { own, name: link[2].startsWith('pkg:') ? link[2] : decodeURIComponent(link[2]) };
  } catch {
    return { own, name: link[2] };
  }
}

function namedBy(one: Component): Named | undefined {
  if (one.purl !== undefined) return namedByPurl(one.purl);
  if (one.type !== 'container' || one.name === undefined) return undefined;
  const separator = one.version?.includes(':') ? '@' : ':';
  return imageNamed(one.version === undefined ? one.name : `${one.name}${separator}${one.version}`);
}

function authorOf({ metadata }: Bom, file: string): string {
  const names = [
    metadata?.authors?.[0]?.name,
    metadata?.supplier?.name,
    metadata?.manufacturer?.name,
    metadata?.manufacture?.name,
  ];
  return names.find((name) => name !== undefined && name !== '') ?? file;
}
