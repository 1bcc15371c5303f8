import path from 'node:path';
import type { GateConfig } from '../model/config.ts';
import type { Gap } from '../model/gap.ts';
import { gapOfError } from '../model/gap.ts';
import { GateError, toGateError } from '../model/gate-error.ts';
import { isArray, type JsonObject, stringifyJson } from '../model/json.ts';
import type { KustomizeSource } from '../model/source-set.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import type { RenderContext } from './context.ts';
import { baseOf } from './kustomize-base.ts';
import { isConfined } from './kustomize-confined.ts';
import { placeEdited } from './kustomize-edited.ts';
import { askedIn, type Overlay } from './kustomize-overlay.ts';
import { isOverlayOnly } from './kustomize-overlay-only.ts';
import { type BuildPlace, buildMetadata, type KustomizeProvenance, takeProvenance } from './kustomize-provenance.ts';
import { documentsOf, type NamedFile, readKustomization, readNamed } from './kustomize-tree.ts';
import { type Identity, type Rendered, readItems } from './objects.ts';
import type { UnitResult } from './plain.ts';
import type { Arrived, Build } from './provenance.ts';
import { excerpt, runTool } from './run-tool.ts';
import { withoutHash } from './stable-values.ts';

/**
 * Builds a kustomization from a wrapper of the gate's own, which makes kustomize write where each resource came from; the repository is only
 * read. Files of other folders of the repository are read only where nothing else can be; remote ones are refused by discover.
 */
export async function renderKustomization(
  source: KustomizeSource,
  folder: string,
  given: GateConfig,
  context: RenderContext,
  findOverlay: () => Promise<Overlay | undefined>,
): Promise<UnitResult> {
  let overlay: Overlay | undefined;
  try {
    overlay = await findOverlay();
    const problem = overlay?.problemOf(source.path === '.' ? '' : source.path);
    if (problem !== undefined) throw problem;
    const config = overlay === undefined ? given : { ...given, workspace: overlay.workspace };
    const target = path.join(config.workspace, source.path);
    const edited = source.edited && (overlay?.local(source.path === '.' ? '' : source.path, source.edited) ?? source.edited);
    const wrapper =
      edited === undefined
        ? { resources: [path.relative(folder, target)], buildMetadata }
        : withBuildMetadata(await placeEdited(edited, { target, folder, workspace: config.workspace }, context.ports.files));
    await context.ports.files.write(path.join(folder, 'kustomization.yaml'), `${stringifyJson(wrapper)}\n`);
    const { files } = context.ports;
    const build = (restrictions: 'RootOnly' | 'None') =>
      runTool(
        'kustomize',
        ['build', folder, '--load-restrictor', `LoadRestrictions${restrictions}`],
        folder,
        context,
        config.sandbox,
      );
    const first = await build('RootOnly');
    // What the commit has can be evaluated, whether or not the deployer reads it.
    const isConfinedOnly =
      isRestricted(first) &&
      overlay === undefined &&
      (source.edited === undefined || source.isUnrestricted === true) &&
      (await isConfined(source.path, source.edited, config.workspace, files));
    const result = isConfinedOnly ? await build('None') : first;
    const own = await readKustomization(source.path, config.workspace, files);
    const file = own?.file ?? path.posix.join(source.path, 'kustomization.yaml');
    if (result.exitCode !== 0)
      throw failed(source, file, own?.text ?? '', excerpt(result, namesIn(folder, source.path, config.workspace)));
    const restriction = failed(source, file, own?.text ?? '', excerpt(first, namesIn(folder, source.path, config.workspace)));
    const read = parseYaml({ file, text: result.stdout, limit: 'document' }).map((document) => readItems(document));
    const from = { folder, target, workspace: config.workspace };
    const arrived = read.flatMap(({ items }) => items.map(({ identity }) => arrive(identity, from)));
    const named = await readFiles(arrived, config.workspace, files);
    return {
      rendered: withOrigins(arrived, named, own ?? { file, text: '' }, {
        path: source.path,
        folder,
        config,
        context,
        fetched: overlay?.parts ?? [],
      }),
      failures: read.flatMap(({ failures }) =>
        failures.map((failure) => new GateError(failure.code, { ...failure.details, file, line: 1 })),
      ),
      from: new Set(arrived.flatMap(({ provenance }) => provenance.file ?? [])),
      skipped: read.flatMap(({ skipped }) => skipped),
      ...(isConfinedOnly && source.isUnrestricted !== true && { restricted: restrictedGap(source, restriction) }),
    };
  } catch (thrown) {
    const failure = toGateError(thrown, 'RENDER_FAILED');
    if (source.isPart) return { rendered: [], failures: [], gaps: [partGap(source, failure)] };
    // What was fetched can't be corrected here. If the base was built from it, it is an error.
    return isElsewhere(failure) || overlay !== undefined
      ? { rendered: [], failures: [], gaps: [gapOf(source, failure)] }
      : { rendered: [], failures: [failure] };
  }
}

function withBuildMetadata(edited: JsonObject): JsonObject {
  const own = isArray(edited.buildMetadata) ? edited.buildMetadata : [];
  return { ...edited, buildMetadata: [...new Set([...own, ...buildMetadata])] };
}

/**
 * What it names is not in the commit or not below its folder, as discover finds it for `resources`, or it calls a plugin such as ksops, which the
 * gate does not run: it may build where it is deployed.
 */
function isElsewhere({ details: { message } }: GateError): boolean {
  return (
    /^the kustomization does not build: \S+ (?:does not exist|is remote|is not in or below \S+)$/.test(message) ||
    message.endsWith(noPlugins) ||
    message.endsWith(noResources)
  );
}

const noResources = 'it patches resources that it does not name, so another tool has to add them';

const noPlugins = ', and the gate does not run plugins of kustomize';

function gapOf({ path: unit }: KustomizeSource, error: GateError): Gap {
  const next = error.details.message.endsWith(noResources)
    ? 'Render what Fleet, or Helm with a post-renderer, applies it to in a step before the gate, and list the output under `generated` of .k8s-gate.yaml.'
    : `Make \`kustomize build ${unit}\` succeed. If a step of the workflow writes a file, run that step before the gate and list the file under \`generated\` of .k8s-gate.yaml.`;
  return gapOfError(error, unit, { subject: `kustomization ${unit}`, next, unit });
}

function isRestricted({ exitCode, stderr }: { readonly exitCode: number | undefined; readonly stderr: string }): boolean {
  return exitCode !== 0 && /security; file '[^']+' is not in or below/.test(stderr);
}

/** It was built, but kubectl and kustomize refuse it unless they are called with `--load-restrictor LoadRestrictionsNone`. */
function restrictedGap(source: KustomizeSource, failure: GateError): Gap {
  const { unit: _isRendered, ...gap } = gapOf(source, failure);
  return {
    ...gap,
    next: `Keep the file below the folder of the kustomization; or, if it is deployed with \`--load-restrictor LoadRestrictionsNone\`, set \`kustomize.loadRestrictor: none\` in .k8s-gate.yaml on the base branch.`,
  };
}

/** It is rendered as part of another, and only how it would be alone is not known. */
function partGap({ path: unit }: KustomizeSource, error: GateError): Gap {
  const next = 'Make it build on its own, because whatever deploys it does not know the kustomization that this change adds.';
  return gapOfError(error, unit, { subject: `kustomization ${unit} on its own`, next, unit });
}

interface Resource {
  readonly identity: Identity & Pick<Rendered, 'stableName'>;
  readonly provenance: KustomizeProvenance;
}

function arrive(identity: Identity, from: BuildPlace): Resource {
  const { object, provenance } = takeProvenance(identity.object, from);
  const stableName = provenance.generated ? withoutHash(identity.name) : undefined;
  return { identity: { ...identity, object, ...(stableName !== undefined && { stableName }) }, provenance };
}

/** The files that the resources were read from. */
async function readFiles(
  resources: readonly Resource[],
  workspace: string,
  files: Files,
): Promise<ReadonlyMap<string, NamedFile>> {
  const named = new Set(resources.flatMap(({ provenance }) => provenance.file ?? []));
  const found = await Promise.all([...named].map((file) => readNamed(file, workspace, files)));
  return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.file, one]])));
}

/** Untraced, a field is where it is in what the resource began as. */
function withOrigins(
  resources: readonly Resource[],
  files: ReadonlyMap<string, NamedFile>,
  kustomization: NamedFile,
  build: Omit<Build, 'arrived'>,
): UnitResult['rendered'] {
  const own = { file: kustomization.file, line: documentsOf(kustomization)[0]?.line ?? 1, precision: 'file' } as const;
  const arrived = resources.map(({ identity, provenance }): Arrived => {
    return { resource: identity, base: baseOf(identity, provenance, files.get(provenance.file ?? '')) };
  });
  const whole: Build = { ...build, arrived };
  return arrived.map((one) => ({
    ...one.resource,
    source: { kind: 'kustomize', unit: build.path },
    origin: { locate: (field) => askedIn(build.fetched, one.base?.locate(field) ?? own) },
    provenance: { kind: 'kustomize', build: whole, arrived: one },
  }));
}

/** How a message names the folders of the run: the wrapper is what it wraps. */
function namesIn(folder: string, unit: string, workspace: string): readonly (readonly [string, string])[] {
  return [
    [`${workspace}/`, ''],
    [folder, unit],
    [path.relative(folder, workspace), '.'],
    [workspace, '.'],
  ];
}

function failed(source: KustomizeSource, file: string, text: string, said: string): GateError {
  const readable = isOverlayOnly(text) ? noResources : innermost(said);
  return new GateError('RENDER_FAILED', {
    file,
    line: lineNaming(text, readable),
    message: `the kustomization does not build: ${readable}`,
    expected: 'a kustomization that `kustomize build` builds, without plugins and with files below its own folder only',
    next: `Run \`kustomize build ${source.path}\` to see the same.`,
  });
}

/** Without the trail from root to cause, which repeats every folder on the way. */
function innermost(message: string): string {
  const remote = /accumulating resources from '([^']+:\/\/[^']+|[^'/]+@[^']+)': .*(?:no 'git' program|dial tcp)/.exec(
    message,
  )?.[1];
  if (remote !== undefined) return `${remote} is remote`;
  const missing = /evalsymlink failure on '([^']+)' : lstat [^:]+: no such file or directory$/.exec(message)?.[1];
  if (missing !== undefined) return `${missing} does not exist`;
  const [, file, folder] = /security; file '([^']+)' is not in or below '([^']+)'/.exec(message) ?? [];
  if (file !== undefined) return `${file} is not in or below ${folder}`;
  const plugin = /unable to load external plugin '([^']+)'/.exec(message)?.[1];
  if (plugin !== undefined) return `it needs the plugin ${plugin}${noPlugins}`;
  return /.*recursed accumulation of path '[^']*': (.+)$/.exec(message)?.[1] ?? message;
}

/** Line of the kustomization with a path that a message names; 1 if there is none. */
function lineNaming(text: string, message: string): number {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => {
    const value = /(?:-|path:)\s+["']?([\w./-]+\.\w+|[\w.-]*\/[\w./-]+)["']?\s*(?:#.*)?$/.exec(line)?.[1];
    return value !== undefined && message.includes(path.posix.basename(value));
  });
  return index === -1 ? 1 : index + 1;
}
