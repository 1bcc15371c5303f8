import { becomes, differs, environmentsLoosen, extendsLoosen, grows, imagesLoosen, shrinks, sourcesLoosen } from './loosens.ts';
import type { Option } from './option.ts';
import { environments, extended, gitops, globs, helm, images, kustomize, sources } from './schemas.ts';

/** Options that decide what is checked. */
export const judgedOptions = {
  version: {
    text: 'Version of this format.',
    key: { schema: (z) => z.literal(1), required: true, loosens: 'never' },
  },
  extends: {
    text: 'Settings of your organization that this configuration adds to: a folder or file of a git repository at a full commit (`https://github.com/org/gate//settings?ref=<40 hex digits>`), an OCI artifact by its digest (`oci://ghcr.io/org/gate@sha256:…`), or a YAML file of this repository.',
    key: { schema: extended, loosens: extendsLoosen },
  },
  workspace: {
    type: 'file',
    text: 'Folder of the repository to check.',
    input: { name: 'working-directory', default: '.', note: 'Relative to the workspace of the job.' },
    flag: { name: 'workspace', value: 'DIR', note: 'Default: the current folder.' },
  },
  paths: {
    type: 'list',
    text: 'Folders or globs of the files to check.',
    otherwise: 'the whole repository',
    input: { name: 'paths' },
    flag: { name: 'path', value: 'PATH', of: 'merge', note: 'The same as for the shards.' },
    key: { schema: globs, loosens: shrinks('paths') },
  },
  exclude: {
    type: 'list',
    text: 'Globs of files to leave out, even if they match `paths`.',
    input: { name: 'exclude', note: 'In addition to those in the configuration.' },
    flag: { name: 'exclude', value: 'GLOB' },
    key: { schema: globs, loosens: grows('exclude') },
  },
  generated: {
    text: 'Globs of files that an earlier step writes and git does not contain, such as `charts/*/charts/**`. They are read from the work tree, all others from the commit.',
    key: { schema: globs, loosens: grows('generated', ': these files are read from the work tree instead of the commit') },
  },
  policies: {
    text: 'Folders or globs of your own policies (Kyverno, Rego, ValidatingAdmissionPolicy).',
    otherwise: '`.k8s-gate/policies`',
    key: { schema: globs, loosens: shrinks('policies') },
  },
  configFile: {
    type: 'text',
    text: 'Configuration file, relative to the workspace.',
    otherwise: '.k8s-gate.yaml if it exists',
    input: { name: 'config' },
    flag: { name: 'config', value: 'FILE' },
  },
  expectManifests: {
    type: 'boolean',
    text: 'Whether it is an error to find no manifest at all.',
    otherwise: 'true',
    input: { name: 'expect-manifests' },
    flag: { name: 'allow-empty', sets: false, text: 'Finding no manifest at all is not an error.' },
    key: { schema: (z) => z.boolean(), loosens: becomes('expectManifests', false, 'finding no manifest is no longer an error') },
  },
  environments: {
    text: 'Environments by name: what belongs to each, and the severities that it tightens.',
    key: { schema: environments, loosens: environmentsLoosen },
  },
  environment: {
    type: 'text',
    text: 'Check only what belongs to this environment, or to no environment.',
    otherwise: 'everything',
    input: { name: 'environment' },
    flag: { name: 'environment', value: 'NAME' },
  },
  helm: {
    text: 'How charts are rendered.',
    key: { schema: helm, loosens: differs(({ helm: settings }) => settings, 'how charts are rendered changes') },
  },
  kustomizations: {
    text: 'Folders of kustomizations that are deployed on their own although other kustomizations use them. Each is rendered both ways.',
    key: { schema: globs, loosens: shrinks('kustomizations') },
  },
  kustomize: {
    text: 'How kustomizations are deployed.',
    key: {
      schema: kustomize,
      loosens: differs(
        ({ kustomize: settings }) => settings,
        'which kustomizations may read files outside of their folder changes',
      ),
    },
  },
  gitops: {
    text: 'Facts that Argo CD and Flux know and that are not in the repository.',
    key: {
      schema: gitops,
      loosens: differs(({ gitops: known }) => known, 'clusters or names of this repository change'),
    },
  },
  sources: {
    text: 'How charts and bases outside of the repository are fetched.',
    key: { schema: sources, loosens: sourcesLoosen },
  },
  images: {
    text: 'Where images are found.',
    key: { schema: images, loosens: imagesLoosen },
  },
} satisfies Record<string, Option>;
