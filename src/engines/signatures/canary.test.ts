import { describe, expect, it } from 'vitest';
import { requireCanary } from './canary.ts';
import type { ReadyRule } from './judge.ts';
import { signaturesOptionsSchema } from './options.ts';

const [rule] = signaturesOptionsSchema.parse({ rules: [{ images: 'a', keys: [{ pem: '-----BEGIN' }] }] }).rules;
const none = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const publicKey = () => {
  throw new Error('no key');
};

function ready(): ReadyRule {
  if (rule === undefined) throw new Error('no rule');
  return { rule, keys: [], trusts: [{ material: { ...none, publicKey }, transparencyLog: true, certificateLog: true }] };
}

describe('the planted signature', () => {
  it('is found by a verifier that works', () => {
    expect(() => requireCanary(ready())).not.toThrow();
  });

  it('fails a run whose verifier accepts everything', () => {
    expect(() => requireCanary(ready(), () => [])).toThrow(/accepted a signature of another image/);
  });

  it('fails a run whose verifier refuses everything', () => {
    expect(() => requireCanary(ready(), () => [{ rule: 'unsigned', required: 'a signature', whys: [] }])).toThrow(
      /refused a good signature/,
    );
  });
});
