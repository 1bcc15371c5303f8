import type { EngineFinding } from '../../model/finding.ts';
import type { RefusedHost } from '../../ports/ports.ts';
import type { Problem } from './judge.ts';
import type { Rule } from './options.ts';
import { listOf, ruleName } from './rules.ts';

export const engineId = 'signatures';
const helpUrl = 'https://github.com/org/k8s-gate/blob/v1/docs/trust.md';
/** Of the reasons that are listed: the others are usually the same. */
const maxReasons = 5;

/** What a rule requires, and the image does not have. */
export function problemFinding(reference: string, digest: string, rule: Rule, problem: Problem): EngineFinding {
  const { required, whys } = problem;
  const listed = whys.slice(0, maxReasons).map((why) => why.slice(0, 400));
  const more = whys.length > maxReasons ? [`and ${whys.length - maxReasons} more`] : [];
  return {
    ...common(reference),
    rule: problem.rule,
    check: `${ruleName(rule)}: ${required}`,
    title: `${titles[problem.rule](required)}${listed[0] === undefined ? '' : ` (${listed[0]})`}`,
    detail: [
      `The rule for ${ruleName(rule)} requires ${required} by ${signers(rule)}. Verified for ${digest}.`,
      ...(listed.length > 1 ? [[...listed, ...more].join('\n')] : []),
    ].join('\n'),
    severity: rule.severity,
    fix: { text: fixes[problem.rule] },
  };
}

/** An image that no rule is about. */
export function uncoveredFinding(reference: string, unsigned: 'warn' | 'block'): EngineFinding {
  return {
    ...common(reference),
    rule: 'no-rule',
    title: 'no rule of engines.signatures matches the image, so no signature is required',
    severity: unsigned === 'block' ? 'critical' : 'high',
    fix: {
      text: 'Add a rule for its repository to `engines.signatures.rules` on the base branch, or use an image that has one.',
    },
  };
}

/** Like Trivy's finding of the same name: no request was sent. */
export function refusedFinding(reference: string, { host, why }: RefusedHost): EngineFinding {
  return {
    ...common(reference),
    rule: 'image-host-private',
    title: `the registry of the image is, or leads to, ${host}, which ${why}, and neither the base commit nor the configuration uses it`,
    detail: `Its signatures were not verified, and no request was sent to ${host}: a change must not make the gate send requests to servers in the runner's network.`,
    severity: 'critical',
    fix: {
      text: `Use a registry that is reachable from the internet. If ${host} is your own registry, add it to \`images.privateRegistries\` in \`.k8s-gate.yaml\` on the base branch.`,
    },
  };
}

function common(reference: string): Pick<EngineFinding, 'engine' | 'category' | 'subject' | 'helpUrl'> {
  return { engine: engineId, category: 'policy', subject: { kind: 'image', reference }, helpUrl };
}

function signers({ signedBy, keys }: Rule): string {
  const identities = signedBy.map(({ issuer, identity }) => `${listOf(identity).join(' or ')} (issuer ${issuer})`);
  const ofKeys =
    keys.length === 0 ? [] : [keys.length === 1 ? 'the key of the rule' : `one of the ${keys.length} keys of the rule`];
  return [...identities, ...ofKeys].join(' or ');
}

const titles: Readonly<Record<Problem['rule'], (required: string) => string>> = {
  unsigned: () => 'the image is not signed',
  'missing-attestation': (required) => `the image does not have ${required}`,
  'untrusted-signer': (required) => `the image has ${required} only by signers that the rule does not accept`,
  'invalid-signature': (required) => `the image has ${required} that cannot be verified`,
  'untrusted-provenance': () => 'the image was not built as the rule requires',
  'too-old': (required) => `the image has ${required} that is older than the rule allows`,
  unreadable: (required) => `the image may have ${required}, which cannot be read`,
};

const fixes: Readonly<Record<Problem['rule'], string>> = {
  unsigned: 'Sign the image by its digest in the workflow that builds it (`cosign sign`), or use one that is signed.',
  'missing-attestation':
    'Attest the image in the workflow that builds it (`actions/attest`, `cosign attest`), or use one that is attested.',
  'untrusted-signer':
    'Use an image that the accepted signer has signed. If this signer is trusted, change the rule on the base branch in a separate change.',
  'invalid-signature': 'Sign this digest again. If you did not expect that, find out who changed the image or its signature.',
  'untrusted-provenance': 'Use an image that was built from the required source, or correct the rule on the base branch.',
  'too-old': 'Build and sign the image again, or use a newer one.',
  unreadable: 'Remove what cannot be read from the registry, and sign the image again.',
};
