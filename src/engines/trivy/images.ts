import { compilePolicy } from '../../licenses/policy.ts';
import { targetKey } from '../../model/engine-run.ts';
import type { Image } from '../../model/image.ts';
import { joined, type Part } from '../part.ts';
import { reuse } from '../reuse.ts';
import { requireVulnerabilityCanary } from './canary.ts';
import { prepareDatabase, type ReadyDatabase, requireFresh } from './database.ts';
import { engineId } from './findings.ts';
import { imageContents } from './image-contents.ts';
import { screenImages } from './private-host.ts';
import type { TrivyContext } from './process.ts';
import { findSboms, type UsableSbom } from './sbom-scan.ts';
import { scanImages } from './scan-images.ts';
import type { SecretRules } from './secret-rules.ts';
import { databaseOfServer, givenServer, serverNote } from './server.ts';
import { findUpdates } from './updates.ts';

/**
 * Vulnerabilities and secrets of the images. Throws if none can be scanned: no database, an old one, or a missed canary. Results for the same
 * content with the same database and options are reused; if that covers all images, neither scan nor canary is started.
 */
export async function judgeImages(context: TrivyContext, secretRules: SecretRules | undefined): Promise<Part> {
  const { images, refused } = await screenImages(context, context.set.images);
  if (images.length === 0) return withNotes(context.set.images, refused, []);
  const { licenses } = context;
  const check = licenses && { evaluate: compilePolicy(licenses), unknown: licenses.unknown };
  const scanners = [
    ...context.options.scanners.filter((scanner) => scanner !== 'misconfig'),
    // Lists packages with their licenses, with or without `vuln`.
    ...(licenses === undefined ? [] : ['license']),
  ];
  const database = scanners.includes('vuln') ? await findDatabase(context) : noDatabase;
  // Packages are not stored, so that results without them stay small.
  const anew = database.identity === undefined || context.packages === true;
  const sboms = await findSboms(context, images);
  const usable = new Map([...sboms].flatMap(([reference, sbom]) => ('why' in sbom ? [] : [[reference, sbom] as const])));
  const found = new Map([
    ...(await imageContents(context, anew ? images.filter(({ source }) => source.kind === 'registry') : images)),
    ...[...usable].map(([reference, { digest }]) => [reference, digest] as const),
  ]);
  const contents = anew ? new Map<string, string>() : withSboms(found, usable);
  const [known, unknown] = [true, false].map((has) => images.filter(({ reference }) => contents.has(reference) === has));
  const aside: Part[] = [];
  /** Returns results that may be stored by content, and collects the rest. */
  const scan = async (some: readonly Image[]): Promise<Part> => {
    const answers = await scanImages(context, some, {
      scanners,
      secretConfig: secretRules?.file,
      licenses: check,
      contents,
      resolved: found,
      sboms,
    });
    const same = await database.unchanged();
    aside.push(...answers.filter(({ certain }) => !(certain && same)).map(({ part }) => part));
    return joined(answers.filter(({ certain }) => certain && same).map(({ part }) => part));
  };
  let asked = false;
  const kept = await reuse(
    context,
    {
      ...{ engine: engineId, part: 'images', scanners: scanners.toSorted(), database: database.identity ?? '' },
      ...{ secretRules: secretRules?.content ?? '', ignoreUnfixed: context.options.ignoreUnfixed },
      ...(licenses !== undefined && { licenses: JSON.stringify(licenses) }),
    },
    (known ?? []).map((image) => ({ target: target(image), content: contents.get(image.reference) ?? '' })),
    (missing) => {
      asked = true;
      return scan(images.filter((image) => missing.has(targetKey(target(image))) || !contents.has(image.reference)));
    },
  );
  const rest = asked || unknown?.length === 0 ? [] : [await scan(unknown ?? [])];
  const everything = joined([kept, ...rest, ...aside, refused]);
  const updates = await findUpdates(context, images, everything, new Set(usable.keys()));
  const all = { ...everything, findings: [...everything.findings, ...updates.findings] };
  const part = withNotes(context.set.images, all, [...database.notes, ...updates.notes]);
  const { identity } = database;
  return identity === undefined || identity === noDatabase.identity
    ? part
    : { ...part, databases: { vulnerabilities: `sha256:${identity}` } };
}

/** A result of an SBOM is not one of the image. */
function withSboms(digests: ReadonlyMap<string, string>, sboms: ReadonlyMap<string, UsableSbom>): ReadonlyMap<string, string> {
  return new Map(
    [...digests].map(([reference, digest]) => {
      const sbom = sboms.get(reference);
      return [reference, sbom === undefined ? digest : `${digest} by SBOM ${sbom.sha256}`];
    }),
  );
}

/** Secret scans need no database. */
const noDatabase: ReadyDatabase = { identity: 'none', notes: [], unchanged: () => Promise.resolve(true) };

/** The database in the cache or of the server, present and recent enough. Each scan checks that it finds the canary. */
async function findDatabase(context: TrivyContext): Promise<ReadyDatabase> {
  const server = givenServer(context);
  if (server === undefined) return prepareDatabase(context);
  const ofServer = await databaseOfServer(context, server.url);
  if (ofServer !== undefined) return ofServer;
  const report = await requireVulnerabilityCanary(context, server);
  const date = report.Trivy?.Server?.VulnerabilityDB?.UpdatedAt;
  const unnamed = { identity: undefined, unchanged: () => Promise.resolve(true) };
  if (date === undefined) return { ...unnamed, notes: ['the Trivy server does not report the age of its database'] };
  requireFresh(context, new Date(date));
  return { ...unnamed, notes: [serverNote(date)] };
}

function target({ reference }: Image): { readonly kind: 'image'; readonly reference: string } {
  return { kind: 'image', reference };
}

/** Notes are stored without the reference of the image. */
function withNotes(images: readonly Image[], part: Part, notes: readonly string[]): Part {
  const own = images.flatMap((image) =>
    (part.targetNotes?.get(targetKey(target(image))) ?? []).map((note) => `${image.reference}: ${note}`),
  );
  const { findings, coverage, digests, packages } = part;
  return {
    findings,
    coverage,
    notes: [...notes, ...own, ...part.notes],
    ...(digests !== undefined && { digests }),
    ...(packages !== undefined && { packages }),
  };
}
