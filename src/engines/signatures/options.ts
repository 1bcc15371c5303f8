import * as z from 'zod';
import { durationSchema } from '../duration-schema.ts';
import { severitySchema } from '../severity-map.ts';

const text = z.string().min(1);
/** One or several, any of which is accepted. */
const patterns = z.union([text, z.array(text).min(1)]);

const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name');

const signer = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/ })
    .describe('OIDC issuer of the certificate: `https://token.actions.githubusercontent.com`.'),
  identity: patterns.describe(
    'Who signed: an email address, or the URL of a workflow with its ref. `*` matches any characters, including `/`. One or several.',
  ),
});

const key = z
  .strictObject({
    file: text.optional().describe('PEM file in the repository, relative to its root. It is read from the base commit.'),
    pem: z
      .string()
      .regex(/^-----BEGIN/, 'expected a key in PEM')
      .optional()
      .describe('The key itself, in PEM.'),
  })
  .refine(({ file, pem }) => (file === undefined) !== (pem === undefined), 'expected either `file` or `pem`');

const provenance = z.strictObject({
  builder: patterns.optional().describe('Id of the builder; `*` matches any characters.'),
  source: patterns
    .optional()
    .describe('Source repository without a ref: `https://github.com/org/app`; `*` matches any characters.'),
  branch: patterns.optional().describe('Branch that it was built from: `main`, `release/*`.'),
  tag: patterns.optional().describe('Tag that it was built from: `v*`. With `branch`, either is accepted.'),
  buildType: patterns.optional().describe('Build type of the provenance; `*` matches any characters.'),
});

const attestation = z.strictObject({
  predicateType: text.describe('Predicate type, compared in full: `https://cyclonedx.org/bom`.'),
  required: z
    .boolean()
    .default(true)
    .describe('Whether the image must have it. If false, an existing attestation must still be signed as required.'),
});

const rule = z
  .strictObject({
    images: patterns.describe(
      'Images that the rule applies to: `ghcr.io/org/**`. A pattern without a tag or digest matches all tags and digests. One or several.',
    ),
    signedBy: z
      .array(signer)
      .default([])
      .describe('Accepted identities, for keyless signatures. Any of them, or of the keys, is enough.'),
    keys: z.array(key).default([]).describe('Accepted public keys. Keep the old one while a key is rotated.'),
    roots: text
      .optional()
      .describe(
        'A trusted root file (`trusted_root.json`) of a private Sigstore, relative to the root of the repository and read from the base commit. Default: the public Sigstore.',
      ),
    githubSigstore: z
      .boolean()
      .default(false)
      .describe(
        "Whether GitHub's own Sigstore, which signs attestations of private repositories, is accepted as well. It has no transparency log: a timestamp is required instead.",
      ),
    provenance: provenance.optional().describe('Required SLSA provenance (0.2 or 1), signed by the same signers.'),
    attestations: z.array(attestation).default([]).describe('Other attestations (in-toto), signed by the same signers.'),
    githubAttestations: z
      .union([repository, z.array(repository).min(1).max(5)])
      .optional()
      .describe(
        'GitHub repository, `owner/name`, whose artifact attestations are read if those in the registry are not sufficient: for images that are attested without `push-to-registry`. One or several.',
      ),
    sbom: z
      .enum(['ignore', 'use'])
      .default('ignore')
      .describe(
        '`use`: if the same signers attested an SBOM (CycloneDX or SPDX) for the digest, Trivy scans it and does not pull the image. They are then trusted to list all packages, and the image is not searched for secrets.',
      ),
    maxAge: durationSchema.optional().describe('Maximum age of each required signature or attestation, by its proven time.'),
    transparencyLog: z
      .boolean()
      .default(true)
      .describe('Whether a proof of the transparency log is required. Without one, nobody notices the use of a stolen key.'),
    severity: severitySchema.default('critical').describe('Severity of its findings.'),
  })
  .refine(({ signedBy, keys }) => signedBy.length + keys.length > 0, 'expected `signedBy` or `keys`')
  .refine(
    ({ githubAttestations, provenance: built, attestations, sbom }) =>
      githubAttestations === undefined || built !== undefined || attestations.length > 0 || sbom === 'use',
    'expected `provenance` or `attestations`: GitHub keeps no plain signatures (`githubAttestations`)',
  );

/** `engines.signatures` of `.k8s-gate.yaml`. */
export const signaturesOptionsSchema = z.strictObject({
  rules: z
    .array(rule)
    .default([])
    .describe(
      'Required signatures, by image. If several rules match an image, all of them apply. With `provenance` or `attestations`, these are required instead of a signature.',
    ),
  unsigned: z
    .enum(['off', 'warn', 'block'])
    .default('off')
    .describe('Images that no rule matches: `warn` reports them with severity high, `block` with severity critical.'),
  insecureRegistries: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?$/, 'expected host or host:port'))
    .default([])
    .describe('Registries whose certificate is not verified: `host` or `host:port`.'),
  refreshRoots: z
    .boolean()
    .default(true)
    .describe(
      'Whether the trusted root of the public Sigstore is updated before it is used. If that fails, the root of this release is used, and a note names its age.',
    ),
  imageTimeout: durationSchema.default('1m').describe('Timeout for one request to a registry.'),
  parallel: z.int().min(1).max(64).default(8).describe('Number of images verified at the same time.'),
  credentials: z
    .enum(['runner', 'none'])
    .default('runner')
    .describe(
      '`runner`: a private registry gets its own `docker login` credentials of this machine. `none`: no registry gets credentials.',
    ),
});
export type SignaturesOptions = z.infer<typeof signaturesOptionsSchema>;
export type Rule = SignaturesOptions['rules'][number];
export type ProvenanceRule = NonNullable<Rule['provenance']>;
