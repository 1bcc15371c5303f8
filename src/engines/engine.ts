import type * as z from 'zod';
import type { AttestedSboms } from '../model/attested-sbom.ts';
import type { Canonicalizer } from '../model/canonical.ts';
import type { EngineMode } from '../model/config.ts';
import type { Target } from '../model/engine-run.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { LicensePolicy } from '../model/license-policy.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { PolicyLanguage, UnaskedPolicy } from '../model/policy.ts';
import type { Tool } from '../model/tool.ts';
import type { EnginePorts, Files, NamedHosts } from '../ports/ports.ts';
import type { Part } from './part.ts';
import type { Results } from './results.ts';

/**
 * The contract of an engine: a folder here and one line in registry.ts. It receives the canonical manifests and has to report coverage for
 * every target. `Options` is its section of `.k8s-gate.yaml` (`engines.<id>`).
 */
export interface Engine<Options = unknown> {
  /** Folder name, and the key under `engines:` in the configuration. */
  readonly id: string;
  readonly title: string;
  /** One sentence for the docs table: what it evaluates. */
  readonly summary: string;
  /** Entry of tools.lock.json; absent if the engine runs in process or only reads files. */
  readonly tool?: string;
  /** An importer reads results of another tool for this run; it does not apply to the base commit. */
  readonly kind: 'scanner' | 'importer';
  /**
   * `target`: its result for a target only depends on that target, its policies and the Namespaces, so targets can be divided between shards.
   * `set`: it evaluates all targets at once. Irrelevant for importers, which only the merge runs.
   */
  scope(options: Options): 'target' | 'set';
  /** The language of user policies that it evaluates, if any. */
  readonly language?: PolicyLanguage;
  /** Its policies are refused, not left out, if the engine is disabled. */
  readonly refusesDisabled?: true;
  /** Strict: an unknown key is an error. Its defaults are the engine's defaults. No transforms: docs and JSON schema come from it. */
  readonly options: z.ZodType<Options>;
  /** Why the engine does not apply to this input, or undefined if it does. Pure. */
  notApplicable(set: ManifestSet, options: Options): string | undefined;
  /** Everything it has to report in `coverage`: all resources, all images, or both. Pure. Files whose names are still unknown may be omitted. */
  targets(set: ManifestSet, options: Options): readonly Target[];
  /**
   * Evaluates the set. Throws GateError (or any error) if it cannot: run.ts turns that into `failed`. Returns only after it has compared its
   * input with its coverage and found its canary. The version is that of its tool, unless it has another one.
   */
  run(context: EngineContext<Options>): Promise<Part>;
  /** Information about its settings without a run, if available. */
  readonly settings?: EngineSettings<Options>;
  /** Bills of materials that it verifies for other engines; undefined if its options want none. */
  sboms?(options: Options, context: SbomContext): AttestedSboms | undefined;
}

/** What of a context is needed to verify what is attached to images. */
export type SbomContext = Pick<EngineContext, 'ports' | 'trusted' | 'gateRoot' | 'cacheDir' | 'signal' | 'namedRegistries'>;

/** Names in an engine's settings: those that do not exist, or apply to nothing, are reported. */
export interface EngineSettings<Options = unknown> {
  /** Every rule that it can report with these policies. May throw the errors of a run. */
  rules?(policies: ManifestSet['policies'], installed: Installed): Promise<readonly string[]>;
  /** How a rule is named that its engine never reports under this name; undefined if the name may be right. */
  misnamed?(rule: string): string | undefined;
  /** Rules in its options. */
  named?(options: Options): readonly NamedRule[];
  /** User policies that match no resource of the set. May throw the errors of a run. */
  unasked?(set: ManifestSet, options: Options): readonly UnaskedPolicy[];
  /** Files of the base commit that its options name: keys, rules. A change of one is reported like a change of the options. */
  files?(options: Options): readonly string[];
  /** Entries of its options that apply to nothing in the set. */
  idle?(set: ManifestSet, options: Options): readonly IdleEntry[];
  /** Whether a change of its options certainly lets nothing more pass. Absent: every change may. */
  tightens?(was: Options, now: Options): boolean;
}
/** `the rule for ghcr.io/org/**: no image matches it` */
export interface IdleEntry {
  readonly title: string;
  /** Below `engines.<id>`. */
  readonly path: FieldPath;
  /** What it was probably meant for; then the gate is less strict than intended. */
  readonly near?: string;
}
export interface Installed {
  readonly files: Files;
  readonly gateRoot: string;
}
export interface NamedRule {
  readonly rule: string;
  /** Below `engines.<id>`. */
  readonly path: FieldPath;
}

export interface EngineContext<Options = unknown> {
  readonly set: ManifestSet;
  readonly options: Options;
  readonly mode: EngineMode;
  readonly ports: EnginePorts;
  /** The verified binary; undefined only for engines without `tool`. */
  readonly tool: Tool | undefined;
  /** The work tree, with files written by other steps: result files, image archives. Engines with a binary never see it. */
  readonly workspace: string;
  /** The folder for files referenced by the configuration: the base commit's, if there is one. */
  readonly trusted: string;
  /** The files of the commit that is judged; absent for the command, which also evaluates uncommitted files. */
  readonly committed?: string;
  /** An empty folder for this engine only; removed after the run. */
  readonly workdir: string;
  /** The installation folder of k8s-gate, with policies/. */
  readonly gateRoot: string;
  /** The persistent cache folder (Trivy's database). */
  readonly cacheDir: string;
  readonly timeoutMs: number;
  /** Maximum processes of one engine at the same time, based on the number of cores. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly canonical: Canonicalizer;
  /** Registries used by images of the base commit or listed in the configuration; no others may be in a private network. */
  readonly namedRegistries: NamedHosts;
  /** Whether the packages of images are wanted. */
  readonly packages?: boolean;
  /** Which licenses packages of images may have. Absent: they are not evaluated. */
  readonly licenses?: LicensePolicy;
  /** Bills of materials to scan instead of images. Absent: none is wanted. */
  readonly sboms?: AttestedSboms;
  /** Results of this run and of earlier ones; engines use them by reuse.ts. */
  readonly results: Results;
}

/** An engine with its section of the configuration. */
export interface BoundEngine {
  readonly id: string;
  readonly title: string;
  readonly tool?: string;
  readonly kind: 'scanner' | 'importer';
  readonly scope: 'target' | 'set';
  readonly language?: PolicyLanguage;
  readonly refusesDisabled?: true;
  readonly enabled: boolean;
  readonly notApplicable: (set: ManifestSet) => string | undefined;
  readonly targets: (set: ManifestSet) => readonly Target[];
  readonly run: (context: Omit<EngineContext, 'options'>) => Promise<Part>;
  readonly settings?: BoundSettings;
  readonly sboms?: (context: SbomContext) => AttestedSboms | undefined;
}

export interface BoundSettings extends Pick<EngineSettings, 'rules' | 'misnamed'> {
  readonly named: readonly NamedRule[];
  readonly files: readonly string[];
  readonly idle: (set: ManifestSet) => readonly IdleEntry[];
  readonly unasked: (set: ManifestSet) => readonly UnaskedPolicy[];
  /** Of options as written. */
  readonly tightens: (was: unknown, now: unknown) => boolean;
}

/** An engine in the registry, with its options type erased, so that one list can contain all engines. */
export interface EngineEntry {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly tool?: string;
  readonly options: z.ZodType;
  /** Parses `engines.<id>` and binds it to the engine. Throws ZodError. */
  bind(rawOptions: unknown, enabled: boolean): BoundEngine;
}

export function defineEngine<Options>(engine: Engine<Options>): EngineEntry {
  const { id, title, kind } = engine;
  const described = { id, title, ...(engine.tool !== undefined && { tool: engine.tool }) };
  return {
    ...described,
    summary: engine.summary,
    options: engine.options,
    bind(rawOptions, enabled) {
      const options = engine.options.parse(rawOptions);
      return {
        ...described,
        kind,
        scope: engine.scope(options),
        ...(engine.language !== undefined && { language: engine.language }),
        ...(engine.refusesDisabled && { refusesDisabled: engine.refusesDisabled }),
        enabled,
        notApplicable: (set) => engine.notApplicable(set, options),
        targets: (set) => engine.targets(set, options),
        run: (context) => engine.run({ ...context, options }),
        ...(engine.settings !== undefined && { settings: bindSettings(engine, engine.settings, options) }),
        ...(engine.sboms !== undefined && { sboms: (context) => engine.sboms?.(options, context) }),
      };
    },
  };
}

function bindSettings<Options>(engine: Engine<Options>, settings: EngineSettings<Options>, options: Options): BoundSettings {
  return {
    ...settings,
    named: settings.named?.(options) ?? [],
    files: settings.files?.(options) ?? [],
    idle: (set) => settings.idle?.(set, options) ?? [],
    unasked: (set) => settings.unasked?.(set, options) ?? [],
    tightens(rawWas, rawNow) {
      const [was, now] = [rawWas, rawNow].map((raw) => engine.options.safeParse(raw));
      return was?.success === true && now?.success === true && settings.tightens?.(was.data, now.data) === true;
    },
  };
}
