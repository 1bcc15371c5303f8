import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../test/support/property.ts';
import type { Destination } from '../gitops/deployable.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import { createDestinationMatcher } from './destinations.ts';

const name = fc.constantFrom('eu', 'us', 'shop', 'https://eu.example.com', 'https://us.example.com/');
const names = fc.uniqueArray(name, { maxLength: 3 });
const environments = fc.array(
  fc.record({ clusters: names, projects: names, namespaces: names }).map((match) => ({ paths: [], labels: {}, ...match })),
  { maxLength: 4 },
);
const destinations = fc.record({ cluster: name, server: name, namespace: name, project: name }, { requiredKeys: [] });
const clusters = [
  { name: 'eu', server: 'https://eu.example.com', labels: {}, annotations: {} },
  { name: 'us', server: 'https://us.example.com', labels: {}, annotations: {} },
];
type Match = typeof environments extends fc.Arbitrary<infer T> ? T : never;

function matcher(matches: Match) {
  const all = matches.map((match, index) => ({ name: String(index), severity: defaultSeverityPolicy, match }));
  return createDestinationMatcher(all, clusters);
}

describe('the environments of a destination', () => {
  it('are absent without anything that names one', () => {
    holds(fc.property(environments, (matches) => void expect(matcher(matches)({})).toEqual([])));
  });

  it('are those of each of its fields together: a field more takes none away', () => {
    holds(
      fc.property(environments, destinations, (matches, destination) => {
        const match = matcher(matches);
        const parts = Object.entries(destination).flatMap(([key, value]) => match({ [key]: value }));
        expect(new Set(match(destination))).toEqual(new Set(parts));
      }),
    );
  });

  it('are the same for a cluster by its name, by its server, and with a slash at the end', () => {
    holds(
      fc.property(environments, fc.constantFrom(...clusters), (matches, cluster) => {
        const match = matcher(matches);
        const ways: readonly Destination[] = [
          { cluster: cluster.name },
          { server: cluster.server },
          { server: `${cluster.server}/` },
        ];
        expect(new Set(ways.map((way) => match(way).join(' '))).size).toBe(1);
      }),
    );
  });

  it('include each that names its namespace or project', () => {
    holds(
      fc.property(environments, name, (matches, one) => {
        const match = matcher(matches);
        const wanted = (key: 'namespaces' | 'projects') =>
          matches.flatMap((each, index) => (each[key].includes(one) ? [String(index)] : []));
        expect(match({ namespace: one })).toEqual(wanted('namespaces'));
        expect(match({ project: one })).toEqual(wanted('projects'));
      }),
    );
  });
});
