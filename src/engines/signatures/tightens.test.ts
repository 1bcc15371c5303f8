import { describe, expect, it } from 'vitest';
import { signaturesOptionsSchema } from './options.ts';
import { tightens } from './tightens.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const signer = (identity: string | readonly string[]) => ({ issuer, identity });
const rule = (more: object = {}) => ({ images: 'ghcr.io/org/**', signedBy: [signer(['a', 'b'])], maxAge: '30d', ...more });
const attested = (more: object = {}) => rule({ attestations: [{ predicateType: 'bom' }], ...more });
const built = (provenance: object) => rule({ provenance });
const changes = (was: object, now: object): boolean =>
  tightens(signaturesOptionsSchema.parse(was), signaturesOptionsSchema.parse(now));
const one = (was: object, now: object): boolean => changes({ rules: [was] }, { rules: [now] });

describe('a change of the rules of signatures', () => {
  it.each<[string, object, object]>([
    ['nothing', { rules: [rule()] }, { rules: [rule()] }],
    ['a first rule', {}, { rules: [rule()] }],
    ['another rule', { rules: [rule()] }, { rules: [rule({ images: 'docker.io/**' }), rule()] }],
    ['an image that no rule matches is reported', { unsigned: 'warn' }, { unsigned: 'block' }],
    ['a registry whose certificate is verified again', { insecureRegistries: ['a', 'b'] }, { insecureRegistries: ['b'] }],
    ['timeouts', { rules: [rule()] }, { rules: [rule()], imageTimeout: '5s', parallel: 2 }],
    [
      'the same patterns, of which none is new',
      { unsigned: 'warn', rules: [rule()] },
      { unsigned: 'warn', rules: [rule({ maxAge: '1d' })] },
    ],
  ])('only tightens them by %s', (_what, was, now) => {
    expect(changes(was, now)).toBe(true);
  });

  it.each<[string, object, object]>([
    ['more images', rule(), rule({ images: ['ghcr.io/org/**', 'ghcr.io/team/**'] })],
    ['fewer signers', rule(), rule({ signedBy: [signer('a')] })],
    ['fewer keys', rule({ keys: [{ file: 'a' }, { file: 'b' }] }), rule({ keys: [{ file: 'b' }] })],
    ['a lower age', rule(), rule({ maxAge: '29d' })],
    ['a required log', rule({ transparencyLog: false }), rule()],
    ['another attestation', attested(), attested({ attestations: [{ predicateType: 'scan' }, { predicateType: 'bom' }] })],
    ['provenance next to it', attested(), attested({ provenance: { source: 'a' } })],
    ['an attestation that becomes required', attested({ attestations: [{ predicateType: 'bom', required: false }] }), attested()],
    ['a narrower source', built({ source: ['a', 'b'] }), built({ source: 'a', builder: 'c' })],
    ['a branch of any ref', built({}), built({ branch: 'main' })],
    ['images that are scanned again', rule({ sbom: 'use' }), rule()],
  ])('only tightens a rule by %s', (_what, was, now) => {
    expect(one(was, now)).toBe(true);
    expect(one(now, was)).toBe(false);
  });

  it.each<[string, object, object]>([
    ['a removed rule', { rules: [rule()] }, {}],
    ['other images', { rules: [rule()] }, { rules: [rule({ images: 'ghcr.io/org/app' })] }],
    ['other roots', { rules: [rule()] }, { rules: [rule({ roots: 'root.json' })] }],
    ['another severity', { rules: [rule()] }, { rules: [rule({ severity: 'high' })] }],
    ['a wider identity', { rules: [rule()] }, { rules: [rule({ signedBy: [signer('*')] })] }],
    ['another issuer', { rules: [rule()] }, { rules: [rule({ signedBy: [{ issuer: 'https://evil.example', identity: 'a' }] })] }],
    ['a key instead of an identity', { rules: [rule()] }, { rules: [rule({ signedBy: [], keys: [{ file: 'a' }] })] }],
    ['no maximum age', { rules: [rule()] }, { rules: [rule({ maxAge: undefined })] }],
    ['an attestation instead of a signature', { rules: [rule()] }, { rules: [attested()] }],
    ['a tag or a branch', { rules: [built({ branch: 'main' })] }, { rules: [built({ branch: 'main', tag: 'v*' })] }],
    ['no source', { rules: [built({ source: 'a' })] }, { rules: [built({})] }],
    ['an SBOM that replaces a scan', { rules: [rule()] }, { rules: [rule(), rule({ images: 'docker.io/**', sbom: 'use' })] }],
    [
      'the same for more images',
      { rules: [rule({ sbom: 'use' })] },
      { rules: [rule({ images: ['ghcr.io/org/**', 'b'], sbom: 'use' })] },
    ],
    ['credentials', { rules: [rule()] }, { rules: [rule()], credentials: 'none' }],
    [
      'a rule for images that were reported, since their author may sign them',
      { unsigned: 'block' },
      { unsigned: 'block', rules: [rule()] },
    ],
    [
      'the same for images of a rule',
      { unsigned: 'warn', rules: [rule()] },
      { unsigned: 'warn', rules: [rule({ images: ['ghcr.io/org/**', 'b'] })] },
    ],
  ])('may loosen them by %s', (_what, was, now) => {
    expect(changes(was, now)).toBe(false);
  });
});
