import type { JsonObject } from '../../model/json.ts';
import type { Rule } from './options.ts';
import { provenanceTypes } from './provenance.ts';
import { listOf, ruleName } from './rules.ts';

/** A rule as a policy of a cluster, and what of it that policy cannot express. */
export interface ExportedRule {
  readonly policy: JsonObject;
  readonly missing: readonly string[];
}
/** Reads a file that a rule names. */
type ReadFile = (file: string) => Promise<string>;

export const exportFormats = ['policy-controller', 'kyverno'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export async function exportRule(format: ExportFormat, rule: Rule, index: number, read: ReadFile): Promise<ExportedRule> {
  const keys = await Promise.all(rule.keys.map(({ pem, file }) => pem ?? read(file ?? '')));
  const name = `k8s-gate-signatures-${index + 1}`;
  return format === 'kyverno'
    ? toKyverno(rule, name, keys, read)
    : { policy: toPolicyController(rule, name, keys), missing: missingIn(rule, format) };
}

/** https://docs.sigstore.dev/policy-controller/overview/ As here, an image needs one authority of each policy that matches it. */
function toPolicyController(rule: Rule, name: string, keys: readonly string[]): JsonObject {
  const attestations = requiredTypes(rule).map((predicateType, index) => ({ name: `attestation-${index + 1}`, predicateType }));
  const more = {
    ...(rule.transparencyLog && { ctlog: { url: 'https://rekor.sigstore.dev' } }),
    ...(attestations.length > 0 && { attestations }),
  };
  const keyless = rule.signedBy.flatMap(({ issuer, identity }) =>
    listOf(identity).map((one) => ({
      keyless: { url: 'https://fulcio.sigstore.dev', identities: [identityOf(issuer, one)] },
    })),
  );
  const authorities = [...keyless, ...keys.map((data) => ({ key: { data } }))];
  return {
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name },
    spec: {
      images: listOf(rule.images).map((pattern) => ({ glob: withAnyTag(pattern).replace(/\*+/g, '**') })),
      authorities: authorities.map((authority, index) => ({ name: `authority-${index + 1}`, ...authority, ...more })),
    },
  };
}

/** https://kyverno.io/docs/policy-types/image-validating-policy/ */
async function toKyverno(rule: Rule, name: string, keys: readonly string[], read: ReadFile): Promise<ExportedRule> {
  const ctlog = { url: 'https://rekor.sigstore.dev', ...(!rule.transparencyLog && { insecureIgnoreTlog: true }) };
  const trustedRoot = rule.roots === undefined ? {} : { trustedRoot: { value: await read(rule.roots) } };
  const identities = rule.signedBy.flatMap(({ issuer, identity }) => listOf(identity).map((one) => identityOf(issuer, one)));
  const attestors = [
    ...identities.map((identity) => ({ keyless: { identities: [identity] } })),
    ...keys.map((data) => ({ key: { data } })),
  ].map((cosign, index) => ({ name: `signer${index + 1}`, cosign: { ...cosign, ctlog, ...trustedRoot } }));
  const types = requiredTypes(rule).map((type, index) => ({ name: `attestation${index + 1}`, intoto: { type } }));
  const signers = `[${attestors.map((one) => `attestors.${one.name}`).join(', ')}]`;
  const verified =
    types.length === 0
      ? [`verifyImageSignatures(image, ${signers})`]
      : types.map((one) => `verifyAttestationSignatures(image, attestations.${one.name}, ${signers})`);
  const validations = verified.flatMap((call) =>
    ['containers', 'initContainers', 'ephemeralContainers'].map((list) => ({
      expression: `images.${list}.map(image, ${call}).all(count, count > 0)`,
      message: `required by the rule for ${ruleName(rule)}`,
    })),
  );
  const pods = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['pods', 'pods/ephemeralcontainers'],
  };
  const spec: JsonObject = {
    validationActions: ['Deny'],
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [pods] },
    matchImageReferences: listOf(rule.images).map((pattern) => ({ glob: withAnyTag(pattern) })),
    attestors,
    ...(types.length > 0 && { attestations: types }),
    validations,
  };
  const policy = { apiVersion: 'policies.kyverno.io/v1', kind: 'ImageValidatingPolicy', metadata: { name }, spec };
  return { policy, missing: missingIn(rule, 'kyverno') };
}

function requiredTypes({ provenance, attestations }: Rule): readonly string[] {
  const own = attestations.filter(({ required }) => required).map(({ predicateType }) => predicateType);
  return provenance === undefined ? own : [provenanceTypes[1] ?? '', ...own];
}

function identityOf(issuer: string, identity: string): JsonObject {
  if (!/[*?]/.test(identity)) return { issuer, subject: identity };
  const parts = identity
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return { issuer, subjectRegExp: `^${parts}$` };
}

/** Their patterns are about the whole reference. */
function withAnyTag(pattern: string): string {
  return /[*]$|[:@][^/]*$/.test(pattern) ? pattern : `${pattern}*`;
}

function missingIn(
  { maxAge, provenance, roots, githubSigstore, githubAttestations, attestations }: Rule,
  format: ExportFormat,
): readonly string[] {
  const fields = Object.keys(provenance ?? {});
  return [
    ...(maxAge === undefined ? [] : ['maxAge']),
    ...(fields.length === 0 ? [] : [`provenance (${fields.join(', ')}): only its presence and signer are required`]),
    ...(provenance === undefined ? [] : ['SLSA provenance 0.2']),
    ...(githubSigstore ? ["githubSigstore: install GitHub's policy controller, which has its trusted root"] : []),
    ...(roots === undefined || format === 'kyverno' ? [] : [`roots (${roots}): create a TrustRoot and name it in trustRootRef`]),
    ...(githubAttestations === undefined ? [] : ['githubAttestations: the cluster reads attestations from the registry only']),
    ...(attestations.some(({ required }) => !required) ? ['attestations that are not required'] : []),
  ];
}
