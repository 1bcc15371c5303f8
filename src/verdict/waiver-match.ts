import type { Finding, FindingSource } from '../model/finding.ts';
import { isAllWildcards, matchesGlob } from '../model/glob.ts';
import { addTo } from '../model/group.ts';
import { matchesImage, parseImageName } from '../model/image-name.ts';
import type { RulePair, Waiver } from '../model/waiver.ts';

/** The smallest part of a finding that a waiver can cover: one engine's rule for one resource in one environment. */
export interface Part {
  readonly source: FindingSource;
  readonly resource: string | undefined;
  readonly environment: string | undefined;
}

/**
 * All parts of a finding. Every source counts, whatever its severity: two engines that agree are two rules to waive. Some combinations of
 * resources and environments may not exist; that only makes waivers stricter.
 */
export function partsOf(finding: Finding): readonly Part[] {
  const resources = finding.resources.length > 0 ? finding.resources : [undefined];
  const environments = finding.environments.length > 0 ? finding.environments : [undefined];
  return finding.sources.flatMap((source) =>
    resources.flatMap((resource) => environments.map((environment) => ({ source, resource, environment }))),
  );
}

/**
 * Finds the waivers whose rule a finding has, in file order. Rules without a glob are looked up: ten thousand VEX statements against
 * thousands of findings took eight seconds one by one.
 */
export function indexByRule<T extends { readonly waiver: Waiver }>(entries: readonly T[]): (finding: Finding) => readonly T[] {
  const exact = new Map<string, T[]>();
  const globs: T[] = [];
  const order = new Map(entries.map((entry, index) => [entry, index]));
  for (const entry of entries) {
    if (/[*?]/.test(entry.waiver.rule)) globs.push(entry);
    else for (const name of new Set(namesOf(entry.waiver))) addTo(exact, name, entry);
  }
  return ({ sources }) => {
    const found = sources.flatMap((source) => [
      ...(exact.get(`${source.engine}/${source.rule}`) ?? []),
      ...globs.filter((entry) => matchesRule(entry.waiver, source)),
    ]);
    return [...new Set(found)].toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  };
}

/** A waiver that is limited to environments does not cover findings without an environment. */
export function covers(waiver: Waiver, part: Part, finding: Finding): boolean {
  const { pairs, source } = waiver;
  if (source === 'kyverno') return (pairs ?? [waiver]).some((pair) => isExempt(pair, part));
  return (
    matchesRule(waiver, part.source) &&
    (waiver.environments === undefined || waiver.environments.some((name) => name === part.environment)) &&
    matchesTarget(waiver, part.resource, finding)
  );
}

/** Only the rule name can be a glob; the engine is always literal. */
function matchesRule(waiver: Waiver, source: FindingSource): boolean {
  const engine = `${source.engine}/`;
  if (waiver.source !== 'waivers') return namesOf(waiver).includes(`${engine}${source.rule}`);
  return waiver.rule.startsWith(engine) && matchesGlob(waiver.rule.slice(engine.length), source.rule);
}

/** A PolicyException is about resources by their kind and name. A rule of it is never a glob. */
function isExempt({ rule, target }: RulePair, { source, resource }: Part): boolean {
  return rule === `${source.engine}/${source.rule}` && resource !== undefined && matchesGlob(target, resource);
}

/** VEX may have several names for a vulnerability, and a PolicyException several rules. */
function namesOf({ rule, aliases, pairs }: Waiver): readonly string[] {
  if (pairs !== undefined) return pairs.map((pair) => pair.rule);
  return aliases === undefined ? [rule] : [rule, ...aliases];
}

function matchesTarget(waiver: Waiver, resource: string | undefined, finding: Finding): boolean {
  if (waiver.source !== 'waivers') return matchesProduct(waiver, finding);
  const { subject, locations } = finding;
  if (resource !== undefined && matchesGlob(waiver.target, resource)) return true;
  if (subject.kind === 'image' && matchesImage(waiver.target, subject.reference)) return true;
  if (subject.kind === 'cluster' && matchesGlob(waiver.target, subject.node)) return true;
  return locations.length > 0 && locations.every((location) => matchesGlob(waiver.target, location.file));
}

/**
 * A VEX product is an image: without tag and digest it matches all versions; with a digest, only images pinned to it. VEX is about vulnerabilities: a
 * supplier's document must not waive a secret by the name of its rule.
 */
function matchesProduct(waiver: Waiver, { subject, category }: Finding): boolean {
  if (category !== 'vulnerability' || subject.kind !== 'image' || !matchesComponent(waiver, subject.component)) return false;
  if (isAllWildcards(waiver.target)) return true;
  const image = parseImageName(subject.reference);
  if (image === undefined) return false;
  if (waiver.target.startsWith('*@')) return image.digest === waiver.target.slice(2);
  const product = parseImageName(waiver.target);
  if (product === undefined || product.repository !== image.repository) return false;
  if (product.digest !== undefined) return product.digest === image.digest;
  return product.tag === undefined || (product.tag === (image.tag ?? 'latest') && image.digest === undefined);
}

function matchesComponent({ component: meant }: Waiver, said: string | undefined): boolean {
  if (meant === undefined) return true;
  if (said === undefined) return false;
  return meant.version === undefined ? said.split(' ')[0] === meant.name : said === `${meant.name} ${meant.version}`;
}
