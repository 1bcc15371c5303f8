import * as z from 'zod';
import { durationSchema } from '../duration-schema.ts';

/** Never starts with a dash: the value stands in Trivy's argument list. */
const repository = z.string().regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'expected an OCI reference such as registry.example/trivy-db:2');

/** One, or several that are tried in turn. */
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
        .describe('OCI reference of a mirror of Trivy’s vulnerability database, or several that are tried in turn.'),
      javaRepository: repositories.optional().describe('The same for Trivy’s Java index, needed only for images with JAR files.'),
      maxAge: durationSchema.default('7d').describe('A database older than this makes the run an error.'),
      skipUpdate: z.boolean().default(false).describe('Never download: use the database that is in the cache folder.'),
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
    .describe('URL of a running `trivy server`; images are then judged with its database.'),
  insecureRegistries: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?$/, 'expected host or host:port'))
    .default([])
    .describe('Registries that are spoken to without checking their certificate: `host` or `host:port`.'),
  ignoreUnfixed: z.boolean().default(false).describe('Leave out vulnerabilities that have no fixed version yet.'),
  imageTimeout: durationSchema.default('10m').describe('Time for one image.'),
  parallel: z.int().min(1).max(32).default(4).describe('Images that are scanned at the same time.'),
  credentials: z
    .enum(['runner', 'none'])
    .default('runner')
    .describe(
      '`runner`: a private registry gets the credentials that `docker login` left for it on this machine, for its own images and databases and nothing else. `none`: no registry gets any.',
    ),
});
export type TrivyOptions = z.infer<typeof trivyOptionsSchema>;
