import path from 'node:path';
import * as z from 'zod';
import type { BoundEngine } from '../engines/engine.ts';
import { engines } from '../engines/registry.ts';
import type { GateConfig, HelmChart } from '../model/config.ts';
import { parseDuration } from '../model/duration.ts';
import { GateError } from '../model/gate-error.ts';
import { nearest } from '../model/nearest.ts';
import type { Ports } from '../ports/ports.ts';
import type { CommentSettings, Publisher } from '../reports/publisher.ts';
import type { BoundReporter } from '../reports/reporter.ts';
import { bindEngines, bindOutput, bindPublisher, commentId, parseSelection } from './bind.ts';
import { parseCommentMode } from './comment.ts';
import { emptyConfig, type LoadedConfig, parseConfig } from './config-file.ts';
import { type FirstConfiguration, firstConfiguration } from './first-configuration.ts';
import { parseGateName } from './gate-name.ts';
import { licensePolicy } from './licenses.ts';
import { refuseMisnamed } from './misnamed.ts';
import { refuseAsked } from './organization/asked.ts';
import { extendConfig, type OpenBundle, organizationOf } from './organization/load.ts';
import type { RawInputs } from './raw-inputs.ts';
import { riskConfig } from './risk.ts';
import { ruleSeverities } from './rule-severities.ts';
import { environments, severityPolicy } from './severity-policy.ts';
import { parseScale, type Scale } from './shard.ts';

/** All inputs of a run, parsed: past this point nothing is text of unknown shape. */
export interface Inputs {
  readonly config: GateConfig;
  /** The configuration file as it was written, with its lines. */
  readonly loaded: LoadedConfig;
  readonly engines: readonly BoundEngine[];
  readonly reporters: readonly BoundReporter[];
  readonly publishers: readonly Publisher[];
  readonly comment: CommentSettings;
  /** What the configuration is from, in words for the log. */
  readonly notes: readonly string[];
  readonly timeoutMs: number;
  /** Tells the gates of one repository apart. */
  readonly gateName: string;
  /** Judge the base commit too, to tell new findings from old. */
  readonly compare: boolean;
  /** A configuration file is in force; otherwise the defaults are. */
  readonly isConfigured: boolean;
  /** The base has no configuration and the change adds one. Only these settings of it may be in force for that change. */
  readonly first?: FirstConfiguration;
  readonly scale: Scale;
}

export const configFileName = '.k8s-gate.yaml';

/** Throws GateError INPUT_INVALID or CONFIG_INVALID. */
export async function parseInputs(
  raw: RawInputs,
  ports: Pick<Ports, 'files'> & { readonly openBundle?: OpenBundle },
): Promise<Inputs> {
  const scale = parseScale(raw.scale);
  const { loaded: own, folder, notes, isConfigured = false, first } = await loadConfig(raw, ports);
  const extended = await extendConfig(own, folder, ports);
  const { loaded } = extended;
  const severity = severityPolicy(loaded, raw.severity);
  const selection = parseSelection(
    raw.engines ?? 'strict',
    engines.map((engine) => engine.id),
  );
  refuseAsked(extended, raw, selection.only);
  const bound = bindEngines(engines, loaded, selection);
  const organization = organizationOf(extended, bound);
  const file = loaded.config;
  const policies = file.policies ?? ['.k8s-gate/policies'];
  const places = { trusted: raw.trusted ?? raw.workspace, workspace: raw.workspace };
  await refuseMisnamed(places, { configFile: loaded.file, configNamed: raw.configFile !== undefined, policies }, ports);
  const known = environments(loaded, severity);
  const rules = ruleSeverities(loaded);
  const risk = riskConfig(loaded, [severity, ...known.map((environment) => environment.severity)]);
  const licenses = await licensePolicy(loaded);
  const config: GateConfig = {
    workspace: raw.workspace,
    checkout: raw.checkout ?? raw.workspace,
    trusted: raw.trusted ?? raw.workspace,
    paths: raw.paths !== undefined && raw.paths.length > 0 ? raw.paths : (file.paths ?? ['.']),
    exclude: [...(file.exclude ?? []), ...(raw.exclude ?? [])],
    generated: file.generated ?? [],
    policies,
    kustomizations: file.kustomizations ?? [],
    kustomize: { unrestricted: file.kustomize?.loadRestrictor === 'none' ? (file.kustomize.roots ?? ['.']) : [] },
    expectManifests: raw.expectManifests ?? file.expectManifests ?? true,
    severity,
    ...(rules.length > 0 && { rules }),
    ...(risk !== undefined && { risk }),
    ...(licenses !== undefined && { licenses }),
    environments: known,
    ...(raw.environment !== undefined && { environment: knownEnvironment(raw.environment, known) }),
    onlyNew: raw.onlyNew ?? file.onlyNew ?? first?.onlyNew ?? false,
    helm: {
      charts: charts(
        loaded,
        known.map((environment) => environment.name),
      ),
      ...kubeVersions(file),
      apiVersions: file.helm?.apiVersions ?? [],
    },
    gitops: {
      repositories: file.gitops?.repositories ?? [],
      revisions: file.gitops?.revisions ?? [],
      clusters: (file.gitops?.clusters ?? []).map(({ name, server = '', labels = {}, annotations = {} }) => ({
        name,
        server,
        labels,
        annotations,
      })),
    },
    sources: {
      allow: file.sources?.allow ?? [],
      mirrors: file.sources?.mirrors ?? {},
      offline: file.sources?.offline ?? false,
    },
    images: {
      paths: file.images?.paths ?? [],
      sources: file.images?.sources ?? {},
      privateRegistries: file.images?.privateRegistries ?? [],
    },
    ...(organization !== undefined && { organization }),
    mode: selection.mode,
    sandbox: file.sandbox ?? 'auto',
    concurrency: raw.concurrency ?? file.concurrency ?? raw.cores,
  };
  const { compare = true } = raw;
  const mode = raw.comment === undefined ? (file.comment ?? 'always') : parseCommentMode(raw.comment);
  return {
    config,
    loaded,
    engines: bound,
    reporters: raw.outputs.map((output) => bindOutput(output, raw.checkout ?? raw.workspace)),
    // A part is not what people should read as the answer.
    publishers:
      scale.kind === 'shard' ? [] : raw.publish.map(bindPublisher).filter(({ id }) => !(mode === 'never' && id === commentId)),
    comment: { onlyFindings: mode === 'on-findings', mentionOwners: raw.mentionOwners ?? file.mentionOwners ?? false },
    notes: [
      ...notes,
      ...(organization === undefined ? [] : [`The settings of ${organization.address} are extended.`]),
      ...nothingIsOld(config.onlyNew, compare, raw),
    ],
    timeoutMs: timeout(raw.timeout ?? file.timeout ?? '10m'),
    gateName: parseGateName(raw.name ?? 'k8s-gate'),
    compare,
    scale,
    isConfigured,
    ...(first !== undefined && { first }),
  };
}

/** As on a schedule and in a local run. */
function nothingIsOld(onlyNew: boolean, compare: boolean, { trusted, previous }: RawInputs): readonly string[] {
  if (!onlyNew || (compare && (trusted !== undefined || previous?.status === 'known'))) return [];
  const why = compare && previous?.status === 'none' ? previous.reason : 'it is compared with no base commit';
  return [`only-new has no effect in this run: ${why}, so every finding counts as new. It needs a pull request, or --base.`];
}

async function loadConfig(
  raw: RawInputs,
  { files }: Pick<Ports, 'files'>,
): Promise<
  Pick<Inputs, 'notes' | 'first'> & {
    readonly loaded: LoadedConfig;
    readonly folder: string;
    readonly isConfigured?: boolean;
  }
> {
  const file = raw.configFile ?? configFileName;
  const trusted = raw.trusted ?? raw.workspace;
  const inCommit = path.resolve(trusted, file);
  // Without a base, a file that is only in the work tree is the user's own: no commit contains it.
  const isOwn = raw.trusted === undefined && (await files.stat(inCommit)) === undefined;
  const folder = isOwn ? (raw.checkout ?? raw.workspace) : trusted;
  const full = isOwn ? path.resolve(folder, file) : inCommit;
  const found = await files.stat(full);
  if (found !== undefined && found.kind !== 'file') {
    // What is wrong with a file is quoted: a link of a change would have lines of this machine quoted.
    const message = `is a ${found.kind}`;
    throw new GateError('CONFIG_INVALID', { file, message, expected: 'a regular file', next: 'Replace it by the file itself.' });
  }
  if (found !== undefined)
    return { loaded: parseConfig(await files.readText(full), file), folder, notes: [], isConfigured: true };
  // The change adds the configuration: it is not in force before somebody has merged it.
  if (raw.trusted !== undefined && (await files.stat(path.resolve(raw.workspace, file))) !== undefined) {
    // Joined, not resolved: ncc would take a resolved path with a constant name for a file to package, at the path of the build machine.
    const hasOther = (await files.stat(path.join(trusted, configFileName))) !== undefined;
    const first = hasOther ? undefined : await firstConfiguration(path.resolve(raw.workspace, file), file, files);
    const until = first?.onlyNew === true ? 'the defaults and its `onlyNew` apply until then' : 'the defaults apply until then';
    const notes = [`${file} is new in this change and in force once it is merged; ${until}.`];
    return { loaded: emptyConfig(file), folder, notes, isConfigured: hasOther, ...(first !== undefined && { first }) };
  }
  if (raw.configFile === undefined) return { loaded: emptyConfig(configFileName), folder, notes: [] };
  throw new GateError('INPUT_INVALID', {
    message: `config: ${file} does not exist in ${raw.trusted === undefined ? (raw.checkout ?? raw.workspace) : 'the base commit'}`,
    expected: 'a configuration file, relative to the workspace',
    next: 'Run `k8s-gate init` to write one.',
  });
}

function knownEnvironment(name: string, known: readonly { readonly name: string }[]): string {
  const names = known.map((environment) => environment.name);
  if (names.includes(name)) return name;
  const near = nearest(name, names);
  throw new GateError('INPUT_INVALID', {
    message: `environment: there is no environment \`${name}\``,
    expected:
      near !== undefined
        ? `\`${near}\``
        : names.length > 0
          ? `one of ${names.join(', ')}`
          : 'a name under `environments` of the configuration',
  });
}

/** Charts are rendered for the versions that resources are validated for. That engine refuses other values. */
function kubeVersions({ helm, engines }: LoadedConfig['config']): Pick<GateConfig['helm'], 'kubeVersion' | 'kubeVersions'> {
  const schema = engines?.schema;
  const { kubernetesVersion, environments } = typeof schema === 'object' ? schema : {};
  const otherwise = typeof kubernetesVersion === 'string' ? ofPatch(kubernetesVersion) : '1.34.0';
  const byName = z.record(z.string(), z.string().transform(ofPatch)).safeParse(environments).data;
  return { kubeVersion: helm?.kubeVersion ?? otherwise, ...(byName !== undefined && { kubeVersions: byName }) };
}

/** `1.35` -> `1.35.0`: a cluster has a patch release, and so has `.Capabilities`. */
function ofPatch(version: string): string {
  return /^v?\d+\.\d+$/.test(version) ? `${version}.0` : version;
}

function charts(loaded: LoadedConfig, known: readonly string[]): readonly HelmChart[] {
  return (loaded.config.helm?.charts ?? []).map((chart, index) => {
    const releases = (chart.releases ?? []).map((release, position) => {
      if (release.environment === undefined || known.includes(release.environment)) {
        return { values: release.values, ...(release.environment !== undefined && { environment: release.environment }) };
      }
      const near = nearest(release.environment, known);
      const place = ['helm', 'charts', index, 'releases', position, 'environment'];
      throw loaded.at(
        place,
        `there is no environment \`${release.environment}\``,
        near === undefined ? 'a name under `environments`' : `\`${near}\``,
      );
    });
    const named = { namespace: chart.namespace ?? 'default', ...(chart.namespace !== undefined && { hasNamespace: true }) };
    return { path: chart.path, releaseName: chart.releaseName ?? '', ...named, releases };
  });
}

function timeout(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new GateError('INPUT_INVALID', {
      message: `timeout: \`${text}\` is not a duration`,
      expected: 'for example 90s, 10m or 1h',
    });
  return milliseconds;
}
