import { describe, expect, it } from 'vitest';
import { resource } from '../../test/support/model.ts';
import type { Environment } from '../model/config.ts';
import type { Resource } from '../model/resource.ts';
import { defaultSeverityPolicy } from '../model/severity.ts';
import { leftEnvironments } from './left.ts';

const environment = (name: string, part: Partial<Environment['severity']> = {}): Environment => ({
  name,
  match: { paths: [], namespaces: [], labels: {} },
  severity: { ...defaultSeverityPolicy, ...part },
});
const environments = [
  environment('production', { high: 'block' }),
  environment('audited', { high: 'block' }),
  environment('staging'),
];

let count = 0;
function deployed(place: string, part: Partial<Resource> = {}): Resource {
  count += 1;
  const [unit = '', ...names] = place.split(' ');
  return resource({ uid: `obj-${count}`, source: { kind: 'plain', unit }, environments: names, ...part });
}
const left = (before: readonly Resource[], after: readonly Resource[]) =>
  leftEnvironments(before, after, { severity: defaultSeverityPolicy, environments }).map(
    ({ subject, title, severity, check }) => {
      const uid = subject.kind === 'resource' ? subject.resource : '';
      expect(severity).toBe('critical');
      expect(title).toMatch(/^\w+ (?:\w+\/)?\w+ leaves the environment /);
      return `${after.find((one) => one.uid === uid)?.source.unit} ${check}`;
    },
  );

describe('a resource that leaves an environment', () => {
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['by a moved folder', ['prod production'], ['moved'], ['moved production']],
    ['for a laxer one', ['prod production'], ['moved staging'], ['moved production']],
    ['by location', ['prod production'], ['prod'], ['prod production']],
    ['while its like is elsewhere', ['prod production', 'test staging'], ['moved', 'test staging'], ['moved production']],
    ['once of twice', ['a production', 'b production'], ['a production', 'c'], ['c production']],
  ])('is found: %s', (_how, before, after, wanted) => {
    expect(
      left(
        before.map((place) => deployed(place)),
        after.map((place) => deployed(place)),
      ),
    ).toEqual(wanted);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['that stays', ['prod production'], ['moved production']],
    ['that is removed', ['prod production'], []],
    ['that is removed, and its like elsewhere stays', ['prod production', 'test staging'], ['test staging']],
    ['for one as strict', ['prod production'], ['moved audited']],
    ['that comes', [], ['new']],
    ['of an environment that tightens nothing', ['test staging'], ['moved']],
    ['that is deployed outside as well', ['prod production'], ['prod production', 'moved']],
  ])('is not reported: %s', (_how, before, after) => {
    expect(
      left(
        before.map((place) => deployed(place)),
        after.map((place) => deployed(place)),
      ),
    ).toEqual([]);
  });

  it('is identified by kind, namespace and name, whatever its version', () => {
    expect(left([deployed('a production')], [deployed('a', { apiVersion: 'apps/v1beta1' })])).toEqual(['a production']);
    for (const part of [{ kind: 'Job' }, { namespace: 'other' }, { name: 'other' }, { apiVersion: 'example.com/v1' }])
      expect(left([deployed('a production')], [deployed('a', part)])).toEqual([]);
  });
});
