import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { GateError } from '../../model/gate-error.ts';
import { readSignatureLayer } from './cosign-layers.ts';
import { judgeRule, type Problem, type ReadyRule } from './judge.ts';

const image = 'ab'.repeat(32);

/**
 * A signature made for this run must be accepted, and refused for another image, another key, changed content and without the proof of the
 * log: whatever breaks the verifier, it must not accept everything. Throws ENGINE_COVERAGE.
 */
export function requireCanary(ready: ReadyRule, verifier = judgeRule): void {
  const [own, other] = [newKey(), newKey()];
  const payload = payloadOf(image);
  const good = sign('sha256', payload, own.privateKey);
  const judge = (bytes: Buffer, keys: readonly KeyObject[], { hex = image, transparencyLog = false } = {}) => {
    const { signedBy: _, provenance: _provenance, maxAge: _maxAge, ...rule } = ready.rule;
    const annotations = { 'dev.cosignproject.cosign/signature': good.toString('base64') };
    const one = {
      rule: { ...rule, signedBy: [], attestations: [] },
      keys,
      trusts: ready.trusts.map((trust) => ({ ...trust, transparencyLog })),
    };
    const found = { candidates: [readSignatureLayer('the planted signature', annotations, bytes)], unreadable: [] };
    return verifier(one, hex, found, new Date());
  };
  const key = [own.publicKey];
  const expected: readonly (readonly [string, readonly Problem[], string | undefined])[] = [
    ['a good signature', judge(payload, key), undefined],
    ['a signature of another image', judge(payload, key, { hex: 'cd'.repeat(32) }), 'invalid-signature'],
    ['a signature by another key', judge(payload, [other.publicKey]), 'untrusted-signer'],
    ['a signature of other content', judge(payloadOf('cd'.repeat(32)), key, { hex: 'cd'.repeat(32) }), 'untrusted-signer'],
    ['a signature without a log entry', judge(payload, key, { transparencyLog: true }), 'invalid-signature'],
  ];
  for (const [what, [problem], rule] of expected) {
    if (problem?.rule === rule) continue;
    throw new GateError('ENGINE_COVERAGE', {
      message: `the verifier of signatures ${rule === undefined ? 'refused' : 'accepted'} ${what}, planted by k8s-gate`,
      expected: `each planted signature to be ${rule === undefined ? 'accepted' : 'refused'} in each run`,
      next: 'Report this as a bug of k8s-gate: no signature can be relied on.',
    });
  }
}

function payloadOf(hex: string): Buffer {
  return Buffer.from(JSON.stringify({ critical: { image: { 'docker-manifest-digest': `sha256:${hex}` } } }));
}

function newKey(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}
