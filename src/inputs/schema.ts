import * as z from 'zod';
import { engines } from '../engines/registry.ts';
import { durationPattern } from '../model/duration.ts';
import { actions, defaultSeverityPolicy, type Severity } from '../model/severity.ts';

/** The shape of `.k8s-gate.yaml`, and the source of schemas/config.schema.json and docs/configuration.md. Strict: a typo must not switch anything off. */
const action = z.enum(actions);
const globs = z.array(z.string().min(1));
export const durationSchema = z.string().regex(durationPattern, 'expected a duration such as 90s, 10m, 72h or 7d');

/** `otherwise` ends the sentence on what a severity that is left out does. */
function severityActions(otherwise: (severity: Severity) => string) {
  const of = (name: Severity) => {
    const findings = name === 'unknown' ? 'whose engine gives no severity' : `of severity ${name}`;
    return action.optional().describe(`What findings ${findings} do. Left out: ${otherwise(name)}.`);
  };
  return z.strictObject({
    critical: of('critical'),
    high: of('high'),
    medium: of('medium'),
    low: of('low'),
    unknown: of('unknown'),
  });
}

const severity = severityActions((name) => defaultSeverityPolicy[name]).describe(
  'What each severity does: block, warn or allow. Left out: critical blocks, high and unknown warn, medium and low are allowed.',
);

const environment = z.strictObject({
  paths: globs.optional().describe('Globs of source files that belong to it.'),
  namespaces: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Namespaces that belong to it. A resource without a namespace may reach each of them, unless its path or release names an environment.',
    ),
  labels: z.record(z.string(), z.string()).optional().describe('Labels a resource must all carry to belong to it.'),
  severity: severityActions(() => 'as the policy above says')
    .optional()
    .describe('Severities it tightens. An environment can never loosen the default.'),
});

const chart = z.strictObject({
  path: z.string().min(1).describe('Folder of Chart.yaml.'),
  releaseName: z.string().min(1).optional().describe('Release name; left out, the chart’s name.'),
  namespace: z
    .string()
    .min(1)
    .optional()
    .describe('Release namespace. Left out: the namespaces of the release’s environment, else `default`.'),
  releases: z
    .array(
      z.strictObject({
        environment: z.string().min(1).optional().describe('An environment named above.'),
        values: globs.describe('Values files in order, relative to the chart’s folder.'),
      }),
    )
    .min(1)
    .optional()
    .describe('One entry for each way the chart is installed; left out, `values-<environment>.yaml` files are found by name.'),
});

const imageSource = z.union([
  z.strictObject({ archive: z.string().min(1).describe('`docker save` or OCI tar file.') }),
  z.strictObject({ ociLayout: z.string().min(1).describe('OCI image directory.') }),
]);

/** `engines.<id>`: `false`, or an object of the engine's own options; validated by the engine itself when it is bound. */
const engineParts = Object.fromEntries(
  engines.map((engine) => [
    engine.id,
    z
      .union([z.boolean(), z.record(z.string(), z.unknown())])
      .optional()
      .describe(engine.summary),
  ]),
);

export const configSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format.'),
  paths: globs.optional().describe('What is judged: folders or globs. Left out: the whole repository.'),
  exclude: globs.optional().describe('What is not judged, though below `paths`.'),
  generated: globs
    .optional()
    .describe(
      'Files that an earlier step writes and git does not hold, such as `charts/*/charts/**`: they are judged as they are in the work tree. All others are judged as the commit has them.',
    ),
  policies: globs
    .optional()
    .describe('Where your own policies are (Kyverno, Rego, ValidatingAdmissionPolicy). Left out: `.k8s-gate/policies`.'),
  expectManifests: z.boolean().optional().describe('Whether finding no manifest at all is an error. Left out: true.'),
  severity: severity.optional(),
  onlyNew: z
    .boolean()
    .optional()
    .describe('Whether only findings that the base commit does not have block or warn. Left out: false.'),
  environments: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), environment)
    .optional()
    .describe('Environments by name, each with what belongs to it and what it tightens.'),
  helm: z
    .strictObject({
      kubeVersion: z
        .string()
        .regex(/^v?1\.\d+(\.\d+)?$/, 'expected a Kubernetes version such as 1.34')
        .optional()
        .describe('Kubernetes version charts are rendered for. Left out: 1.34.0.'),
      apiVersions: z.array(z.string().min(1)).optional().describe('Extra API versions for `.Capabilities.APIVersions`.'),
      charts: z.array(chart).optional().describe('Charts that need more than their defaults.'),
    })
    .optional()
    .describe('How charts are rendered.'),
  kustomizations: z
    .array(z.string().min(1))
    .optional()
    .describe('Folders of kustomizations that are deployed by themselves, though others use them: each is rendered both ways.'),
  images: z
    .strictObject({
      paths: z
        .array(
          z.strictObject({
            apiVersion: z.string().min(1).describe('API version of the custom resource: `tekton.dev/v1`.'),
            kind: z.string().min(1).describe('Kind of the custom resource: `Task`.'),
            path: z.string().min(1).describe('Field of the image; `*` is any item of a list or key of a map.'),
          }),
        )
        .optional()
        .describe('Where custom resources keep images: `spec.steps[*].image`.'),
      sources: z
        .record(z.string(), imageSource)
        .optional()
        .describe('Images that are in a file instead of a registry, by reference.'),
      privateRegistries: z
        .array(
          z
            .string()
            .regex(
              /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/,
              'expected host or host:port, such as registry.internal:5000',
            ),
        )
        .optional()
        .describe(
          'Registries on a loopback, private or link-local address that images may come from: `host` or `host:port`, and likewise hosts that such a registry redirects to. Registries of images on the base commit need no entry. An image of any other private host is the finding `trivy/image-host-private`.',
        ),
    })
    .optional()
    .describe('Where images are found.'),
  engines: z.strictObject(engineParts).optional().describe('Each engine: `false` switches it off, an object sets its options.'),
  sandbox: z
    .enum(['auto', 'strict'])
    .optional()
    .describe(
      'What happens where the system can’t cut off an engine’s network, drop its privileges or bound its memory: `auto` runs it and says so, `strict` fails it. Left out: auto.',
    ),
  timeout: durationSchema.optional().describe('The longest one engine may take. Left out: 10m.'),
  concurrency: z
    .int()
    .min(1)
    .max(32)
    .optional()
    .describe('Engines that run at the same time. Left out: as many as there are processor cores.'),
});
export type ConfigFile = z.infer<typeof configSchema>;
