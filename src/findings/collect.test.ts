import { describe, expect, it } from 'vitest';
import { completed, engineFinding, image, manifestSet, resource } from '../../test/support/model.ts';
import { collectFindings } from './collect.ts';

const staging = resource({ uid: 'obj-1', namespace: 'staging', environments: ['staging'] });
const production = resource({ uid: 'obj-2', namespace: 'production', environments: ['production'] });
const set = manifestSet({
  resources: [staging, production],
  images: [
    image('nginx:1.25', [
      { resource: 'obj-1', containerKind: 'container', container: 'web', path: ['spec', 'a'] },
      { resource: 'obj-2', containerKind: 'init', container: 'setup', path: ['spec', 'a', 'b'] },
    ]),
  ],
});
const at = (uid: string, path: readonly (string | number)[] = ['spec']) => ({ kind: 'resource', resource: uid, path }) as const;

describe('collectFindings', () => {
  it('makes one row of one source line rendered for two environments', () => {
    const findings = collectFindings(
      [completed({ findings: [engineFinding({ subject: at('obj-1') }), engineFinding({ subject: at('obj-2') })] })],
      set,
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      environments: ['production', 'staging'],
      resources: ['Deployment staging/app', 'Deployment production/app'],
    });
  });

  it('keeps two complaints of one rule about two fields apart', () => {
    const findings = collectFindings(
      [
        completed({
          findings: [
            engineFinding({ subject: at('obj-1', ['spec', 'a']) }),
            engineFinding({ subject: at('obj-1', ['spec', 'b']) }),
          ],
        }),
      ],
      set,
    );
    expect(findings).toHaveLength(2);
  });

  it('makes one row for all resources of a rule that no manifest can decide, and looks for each of them on the base', () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      resource({ uid: `obj-${index + 10}`, name: `app-${index}`, source: { kind: 'plain', unit: `${index}.yaml` } }),
    );
    const unknown = { severity: 'unknown', independent: true } as const;
    const findings = collectFindings(
      [
        completed({
          findings: [
            ...many.map(({ uid }) => engineFinding({ ...unknown, subject: at(uid) })),
            engineFinding({ ...unknown, title: 'for another reason', subject: at('obj-10') }),
            engineFinding({ subject: at('obj-10') }),
            engineFinding({ subject: at('obj-11', ['spec', 'a']) }),
          ],
        }),
      ],
      manifestSet({ resources: many }),
    );
    expect(findings.map(({ severity, title, resources }) => [severity, title, resources.length])).toEqual([
      ['unknown', 'Something is off', 7],
      ['unknown', 'for another reason', 1],
      ['high', 'Something is off', 1],
      ['high', 'Something is off', 1],
    ]);
    expect(findings[0]?.baselineKeys).toHaveLength(7);
  });

  it('keeps findings of two engines separate, and the higher severity of an engine that reports twice', () => {
    const twice = [engineFinding({ severity: 'low' }), engineFinding({ severity: 'critical' })];
    const findings = collectFindings(
      [completed({ findings: twice }), completed({ engine: 'opa', findings: [engineFinding({ engine: 'opa' })] })],
      set,
    );
    expect(findings.map((item) => [item.engine, item.severity])).toEqual([
      ['cel', 'critical'],
      ['opa', 'high'],
    ]);
  });

  it('compares what a critical finding is about, unless the API server refuses the resource', () => {
    const critical = (engine: 'cel' | 'schema') =>
      completed({ engine, findings: [engineFinding({ engine, rule: engine, severity: 'critical', subject: at('obj-1') })] });
    const findings = collectFindings([critical('cel'), critical('schema')], set);
    expect(findings.map(({ engine, about }) => [engine, about !== undefined])).toEqual([
      ['cel', true],
      ['schema', false],
    ]);
  });

  it('places an image finding at every use of the image', () => {
    const raw = engineFinding({
      engine: 'trivy',
      rule: 'CVE-2024-3094',
      subject: { kind: 'image', reference: 'nginx:1.25', component: 'xz 5.6.0' },
    });
    const [found] = collectFindings([completed({ engine: 'trivy', findings: [raw] })], set);
    expect(found?.locations.map((location) => location.line)).toEqual([3, 4]);
    expect(found?.environments).toEqual(['production', 'staging']);
  });

  it('gives the same complaint the same fingerprint wherever its file has moved', () => {
    const moved = resource({ ...staging, uid: 'obj-9', source: { kind: 'plain', unit: 'elsewhere.yaml' } });
    const [before] = collectFindings([completed({ findings: [engineFinding({ subject: at('obj-1') })] })], set);
    const [after] = collectFindings(
      [completed({ findings: [engineFinding({ subject: at('obj-9'), title: 'reworded' })] })],
      manifestSet({ resources: [moved] }),
    );
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(before?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  it('refuses a finding on something the engine was never given', () => {
    expect(() => collectFindings([completed({ findings: [engineFinding({ subject: at('obj-77') })] })], set)).toThrow(/obj-77/);
  });
});
