import * as z from 'zod';
import { durationSchema } from '../duration-schema.ts';

/** Must not start with a dash, since the value is part of Trivy's argument list. */
const repository = z.string().regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'expected an OCI reference such as registry.example/trivy-db:2');

/** One or several, tried in turn. */
const repositories = z.union([repository, z.array(repository).min(1)]);

const scanners = ['vuln', 'misconfig', 'secret'] as const;

/** `engines.trivy` of `.k8s-gate.yaml`. */
export const trivyOptionsSchema = z.strictObject({
  scanners: z
    .array(z.enum(scanners))
    .min(1)
    .default([...scanners])
    .describe('What Trivy looks for: `vuln` in images, `misconfig` in manifests, `secret` in both.'),
  db: z
    .strictObject({
      repository: repositories
        .optional()
        .describe('OCI reference of a mirror of Trivy’s vulnerability database, or a list that is tried in order.'),
      javaRepository: repositories
        .optional()
        .describe('The same for Trivy’s Java index, which is only needed for images with JAR files.'),
      maxAge: durationSchema.default('7d').describe('An older database is an error.'),
      skipUpdate: z.boolean().default(false).describe('Never download the database; use the one in the cache folder.'),
    })
    .prefault({})
    .describe('Where the vulnerability database comes from.'),
  secretConfig: z
    .string()
    .min(1)
    .optional()
    .describe('File with your own secret rules in Trivy’s format, relative to the repository; added to the built-in ones.'),
  server: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('URL of a running `trivy server`; images are then scanned with its database.'),
  insecureRegistries: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?$/, 'expected host or host:port'))
    .default([])
    .describe('Registries whose certificate is not verified: `host` or `host:port`.'),
  ignoreUnfixed: z.boolean().default(false).describe('Ignore vulnerabilities without a fixed version.'),
  updates: z
    .enum(['off', 'tags', 'scan'])
    .default('off')
    .describe(
      'Newer versions of images with vulnerabilities that have a fix. `tags`: newer tags and updated base images are looked up in the registries. `scan`: the newest patch release is scanned as well, to report how many vulnerabilities it removes.',
    ),
  imageTimeout: durationSchema.default('10m').describe('Timeout for one image.'),
  parallel: z.int().min(1).max(32).default(4).describe('Number of images scanned at the same time.'),
  credentials: z
    .enum(['runner', 'none'])
    .default('runner')
    .describe(
      '`runner`: a private registry gets its own `docker login` credentials of this machine, only for its images and databases. `none`: no registry gets credentials.',
    ),
});
export type TrivyOptions = z.infer<typeof trivyOptionsSchema>;
