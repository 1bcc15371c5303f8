import type { Entry } from './entry.ts';

const rules: readonly (readonly [rule: string, title: string, fix: string])[] = [
  [
    'unsigned',
    'the image is not signed',
    'Sign the image by its digest in the workflow that builds it (cosign sign), or use one that is signed.',
  ],
  [
    'missing-attestation',
    'the image lacks a required attestation',
    'Attest the image in the workflow that builds it (actions/attest, cosign attest), or use one that is attested.',
  ],
  [
    'untrusted-signer',
    'the image is only signed by signers that the rule does not accept',
    'Use an image that the accepted signer has signed. If this signer is trusted, change the rule on the base branch in a separate change.',
  ],
  ['invalid-signature', 'a signature of the image cannot be verified', 'Sign this digest again, and find out who changed it.'],
  [
    'untrusted-provenance',
    'the image was not built as the rule requires',
    'Use an image that was built from the required source, or correct the rule on the base branch.',
  ],
  ['too-old', 'the signature is older than the rule allows', 'Build and sign the image again, or use a newer one.'],
  ['unreadable', 'a signature of the image cannot be read', 'Remove it from the registry, and sign the image again.'],
  ['no-rule', 'no rule of engines.signatures matches the image', 'Add a rule for its repository on the base branch.'],
  [
    'image-host-private',
    'the registry of the image is in a private network, and nothing on the base branch uses it',
    'If it is your own registry, add it to images.privateRegistries in .k8s-gate.yaml on the base branch.',
  ],
];

/** Rules of the engine that verifies signatures of images. */
export const signatureRules: readonly Entry[] = rules.map(([rule, title, fix]) => ({
  name: `signatures/${rule}`,
  title,
  why: 'Your rules require that the image was built and signed by a trusted party; otherwise anyone who can push to the registry decides what runs.',
  fix,
  references: ['docs/security.md'],
}));
