import type * as zod from 'zod';
import type { EngineSummaries } from './option.ts';
import { severityActions } from './severity-schemas.ts';

/** Schemas of keys of `.k8s-gate.yaml`. Each is strict: a typo must not switch anything off. zod is passed in, so that the table needs none. */
type Zod = typeof zod;

export const globs = (z: Zod) => z.array(z.string().min(1));

/** Pinned, so that nobody can change what is in force without a change of this repository. */
export const extended = (z: Zod) =>
  z
    .string()
    .regex(
      /^(?:oci:\/\/[^\s@]+@sha256:[0-9a-f]{64}|(?!oci:)[^\s?]+\?ref=[0-9a-f]{40}|(?!\/)[^\s:?]+\.ya?ml)$/,
      'expected a git address with a full commit (https://github.com/org/gate//settings?ref=<40 hex digits>), an OCI artifact by its digest (oci://ghcr.io/org/gate@sha256:<64 hex digits>), or a YAML file of this repository',
    );

export const environments = (z: Zod) =>
  z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a name of lower-case letters, digits and `-`, such as `production`'),
    z.strictObject({
      paths: globs(z).optional().describe('Globs of its source files.'),
      namespaces: z
        .array(z.string().min(1))
        .optional()
        .describe(
          'Its namespaces. A resource without a namespace counts for each of them, unless its path or release determines an environment.',
        ),
      clusters: z
        .array(z.string().min(1))
        .optional()
        .describe(
          'Its clusters: name or server in the destination of an Application, or the Secret in `kubeConfig` of a Flux resource.',
        ),
      projects: z.array(z.string().min(1)).optional().describe('Its Argo CD projects.'),
      labels: z
        .record(z.string(), z.string())
        .optional()
        .describe('Labels that its resources have. A resource needs all of them.'),
      severity: severityActions(z, () => 'the action in `severity`')
        .optional()
        .describe('Severities that it tightens. An environment can never loosen the default.'),
    }),
  );

const charts = (z: Zod) =>
  z.array(
    z.strictObject({
      path: z.string().min(1).describe('Folder of Chart.yaml.'),
      releaseName: z.string().min(1).optional().describe('Release name. Default: the chart’s name.'),
      namespace: z
        .string()
        .min(1)
        .optional()
        .describe('Release namespace. Default: the namespaces of the release’s environment, else `default`.'),
      releases: z
        .array(
          z.strictObject({
            environment: z.string().min(1).optional().describe('Name of an environment in `environments`.'),
            values: globs(z).describe('Values files in order, relative to the chart’s folder.'),
          }),
        )
        .min(1)
        .optional()
        .describe('One entry for each way the chart is installed. Default: one for each file named `values-<environment>.yaml`.'),
    }),
  );

export const helm = (z: Zod) =>
  z.strictObject({
    kubeVersion: z
      .string()
      .regex(/^v?1\.\d+(\.\d+)?$/, 'expected a Kubernetes version such as 1.34')
      .optional()
      .describe('Kubernetes version that charts are rendered for. Default: that of `engines.schema`, else 1.34.0.'),
    apiVersions: z.array(z.string().min(1)).optional().describe('Extra API versions for `.Capabilities.APIVersions`.'),
    charts: charts(z).optional().describe('Charts that need more than their defaults.'),
  });

export const images = (z: Zod) =>
  z.strictObject({
    paths: z
      .array(
        z.strictObject({
          apiVersion: z.string().min(1).describe('API version of the custom resource: `tekton.dev/v1`.'),
          kind: z.string().min(1).describe('Kind of the custom resource: `Task`.'),
          path: z.string().min(1).describe('Field with the image; `*` matches any list item or map key.'),
        }),
      )
      .optional()
      .describe('Fields of custom resources that contain images.'),
    sources: z
      .record(
        z.string(),
        z.union([
          z.strictObject({ archive: z.string().min(1).describe('`docker save` or OCI tar file.') }),
          z.strictObject({ ociLayout: z.string().min(1).describe('OCI image directory.') }),
        ]),
      )
      .optional()
      .describe('Images to read from a file instead of a registry, by reference.'),
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
        'Registries on a loopback, private or link-local address from which images are allowed, and hosts that they redirect to: `host` or `host:port`. Registries of images on the base commit need no entry. An image from any other private host is a finding `trivy/image-host-private`.',
      ),
  });

export const kustomize = (z: Zod) =>
  z.strictObject({
    loadRestrictor: z
      .enum(['rootOnly', 'none'])
      .optional()
      .describe(
        '`none`: kustomizations may use files outside of their folder, but within this repository, as with Flux, and with Argo CD under `--load-restrictor LoadRestrictionsNone`. Default: `rootOnly`, except for what a Flux Kustomization deploys.',
      ),
    roots: globs(z).optional().describe('Folders or globs of kustomizations that `loadRestrictor` applies to. Default: all.'),
  });

export const gitops = (z: Zod) =>
  z.strictObject({
    repositories: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'Other URLs of this repository that Applications and GitRepositories use. Default: the repository of the workflow; for the command, any repository.',
      ),
    revisions: z
      .array(z.string().min(1))
      .optional()
      .describe('Branches from which this repository is deployed. Default: the target branch; for the command, any revision.'),
    clusters: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('Name of the cluster in Argo CD.'),
          server: z.string().optional().describe('Address of its API server.'),
          labels: z
            .record(z.string(), z.string())
            .optional()
            .describe('Labels of its Secret, for the selectors of cluster generators.'),
          annotations: z.record(z.string(), z.string()).optional().describe('Annotations of its Secret.'),
        }),
      )
      .optional()
      .describe('Clusters that Argo CD knows, for the cluster generators of ApplicationSets.'),
  });

const host = (z: Zod) =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?$/,
      'expected host or host:port without a scheme, such as charts.example.com',
    );

export const sources = (z: Zod) =>
  z.strictObject({
    allow: z
      .array(host(z))
      .optional()
      .describe(
        'Hosts from which charts and bases may be fetched, in addition to those that the base commit names: `charts.example.com`. Never a private address.',
      ),
    mirrors: z
      .record(
        host(z),
        z.url({ protocol: /^https?$/, error: 'expected an http or https URL, such as https://mirror.internal/charts' }),
      )
      .optional()
      .describe('URLs that replace hosts. A mirror may be on a private address and use http.'),
    offline: z.boolean().optional().describe('Whether only the cache and mirrors are used. Default: false.'),
  });

/** `engines.<id>`: `false`, or an object of the engine's own options; validated by the engine itself when it is bound. */
export const engineParts = (z: Zod, engines: EngineSummaries) =>
  z.strictObject(
    Object.fromEntries(
      engines.map(({ id, summary }) => [
        id,
        z
          .union([z.boolean(), z.record(z.string(), z.unknown())])
          .optional()
          .describe(summary),
      ]),
    ),
  );
