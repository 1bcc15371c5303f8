import type { Coverage, EngineRun } from '../../src/model/engine-run.ts';
import type { FieldPath } from '../../src/model/field-path.ts';
import type { EngineFinding, Finding } from '../../src/model/finding.ts';
import type { Image } from '../../src/model/image.ts';
import type { ManifestSet } from '../../src/model/manifest-set.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Waiver } from '../../src/model/waiver.ts';

/** Builders of model values for tests: everything has a sensible default, so that a test names only what it is about. */
export function resource(part: Partial<Resource> & { readonly uid: string }): Resource {
  const file = part.source?.unit ?? 'deploy/app.yaml';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'app',
    namespace: 'shop',
    object: {},
    source: { kind: 'plain', unit: file },
    environments: [],
    origin: { locate: (path: FieldPath) => ({ file, line: 1 + path.length, column: 1, precision: 'field' }) },
    ...part,
  };
}

export function manifestSet(part: Partial<ManifestSet> = {}): ManifestSet {
  return { resources: [], images: [], units: [], policies: [], failures: [], gaps: [], ...part };
}

export function image(reference: string, uses: Image['uses'] = []): Image {
  return { reference, uses, source: { kind: 'registry' } };
}

export function engineFinding(part: Partial<EngineFinding> = {}): EngineFinding {
  return {
    engine: 'cel',
    rule: 'some-rule',
    category: 'policy',
    title: 'Something is off',
    severity: 'high',
    subject: { kind: 'resource', resource: 'obj-1', path: ['spec'] },
    ...part,
  };
}

export function finding(part: Partial<Finding> = {}): Finding {
  const raw = engineFinding(part);
  return {
    ...raw,
    fingerprint: '0'.repeat(32),
    locations: [{ file: 'deploy/app.yaml', line: 3, column: 5, precision: 'field' }],
    resources: ['Deployment shop/app'],
    environments: [],
    sources: [{ engine: raw.engine, rule: raw.rule, severity: raw.severity }],
    ...part,
  };
}

export function completed(part: Partial<Extract<EngineRun, { status: 'completed' }>> = {}): EngineRun {
  return { status: 'completed', engine: 'cel', version: '1.0.0', findings: [], coverage: [], notes: [], durationMs: 5, ...part };
}

export function evaluated(...uids: readonly string[]): readonly Coverage[] {
  return uids.map((uid) => ({ target: { kind: 'resource', resource: uid }, status: 'evaluated' }));
}

export function waiver(part: Partial<Waiver> = {}): Waiver {
  return {
    rule: 'cel/privileged',
    target: 'Deployment shop/web',
    reason: 'needs the host’s devices until 2027',
    owner: 'team-shop',
    expires: '2027-01-31',
    source: 'waivers',
    file: '.k8s-gate/waivers.yaml',
    line: 3,
    ...part,
  };
}
