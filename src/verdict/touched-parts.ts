import type { About, Finding } from '../model/finding.ts';

/**
 * The parts of a finding's subject that differ from the base's findings of the same identity: `the image of container web`. Empty if each
 * resource runs what it ran before. Each finding of the base is used once, and only in its own environments.
 */
export function touchedParts(finding: Finding, old: readonly Finding[]): readonly string[] {
  const left = new Set(old.flatMap(({ about }) => about ?? []));
  const touched = new Set<string>();
  for (const about of finding.about ?? []) {
    const known = [...left].filter((candidate) => candidate.key === about.key && reaches(candidate, about));
    const same = known.find((candidate) => differing(about, candidate).length === 0);
    if (same !== undefined) left.delete(same);
    else for (const part of nearest(about, known)) touched.add(part);
  }
  return [...touched];
}

function reaches(old: About, { environments }: About): boolean {
  return environments.every((environment) => old.environments.includes(environment));
}

function differing({ parts }: About, old: About): readonly string[] {
  return Object.keys(parts).filter((part) => !Object.hasOwn(old.parts, part) || old.parts[part] !== parts[part]);
}

function nearest(about: About, known: readonly About[]): readonly string[] {
  const [first] = known.map((old) => differing(about, old)).toSorted((a, b) => a.length - b.length);
  return first ?? ['one more resource of this name'];
}
