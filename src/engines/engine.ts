import type * as z from 'zod';
import type { Canonicalizer } from '../model/canonical.ts';
import type { EngineMode } from '../model/config.ts';
import type { EngineRun, Target } from '../model/engine-run.ts';
import type { FieldPath } from '../model/field-path.ts';
import type { ManifestSet } from '../model/manifest-set.ts';
import type { PolicyLanguage, UnaskedPolicy } from '../model/policy.ts';
import type { Tool } from '../model/tool.ts';
import type { EnginePorts, Files, NamedHosts } from '../ports/ports.ts';
import type { Results } from './results.ts';

/**
 * The contract of an engine. An engine is a folder here and one line in registry.ts. It gets what would be deployed, already
 * canonical, and answers for every target it was to look at. `Options` is its own part of `.k8s-gate.yaml` (`engines.<id>`).
 */
export interface Engine<Options = unknown> {
  /** Folder name, and the key under `engines:` in the configuration. */
  readonly id: string;
  readonly title: string;
  /** One sentence for the docs table: what it judges. */
  readonly summary: string;
  /** Entry of tools.lock.json; absent where the engine runs in process or only reads files. */
  readonly tool?: string;
  /** `results`: it takes in what another tool found in this run, which says nothing of the base commit. */
  readonly reads: 'manifests' | 'results';
  /**
   * `target`: what it says of one target depends on that target, its policies and the Namespaces alone, so that shards may share the targets
   * out. `set`: it looks at all of them at once. Of an engine that reads results nobody asks: the merge runs it.
   */
  scope(options: Options): 'target' | 'set';
  /** The language of users' policies it evaluates; absent where it has none. */
  readonly language?: PolicyLanguage;
  /** Strict: an unknown key is an error. Its defaults are the engine's defaults. No transforms: docs and JSON schema come from it. */
  readonly options: z.ZodType<Options>;
  /** Why the engine has nothing to do with this input, or undefined where it applies. Pure. */
  notApplicable(set: ManifestSet, options: Options): string | undefined;
  /** Everything it has to answer for in `coverage`: all resources, all images, both. Pure. Files whose names are not known yet may be left out. */
  targets(set: ManifestSet, options: Options): readonly Target[];
  /**
   * Judges. Throws GateError (or anything) where it can't: run.ts makes that `failed`. It returns `completed` only
   * after it compared what it was given with what it covered, and found its canary.
   */
  run(context: EngineContext<Options>): Promise<EngineRun>;
  /** What it knows of its settings without a run; absent where it knows nothing. */
  readonly settings?: EngineSettings<Options>;
}

/** What of an engine's settings names something: what is named and does not exist, or applies to nothing, is reported. */
export interface EngineSettings<Options = unknown> {
  /** Every rule that it can report with these policies. May throw what a run of it would throw. */
  rules?(policies: ManifestSet['policies'], installed: Installed): Promise<readonly string[]>;
  /** Rules that its options name. */
  named?(options: Options): readonly NamedRule[];
  /** Users' policies that are about no resource of the set. May throw what a run of it would throw. */
  unasked?(set: ManifestSet): readonly UnaskedPolicy[];
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
  /** The work tree, with what other steps wrote: result files, image archives. Engines with a binary never see it. */
  readonly workspace: string;
  /** Where files are that the configuration names as settings: of the base commit, where there is one. */
  readonly trusted: string;
  /** An empty folder of this engine's own; removed after the run. */
  readonly workdir: string;
  /** Where k8s-gate itself is installed: policies/ and the like. */
  readonly gateRoot: string;
  /** Cache folder that survives the run (Trivy's database). */
  readonly cacheDir: string;
  readonly timeoutMs: number;
  /** Processes of its own that an engine may run at the same time: what the machine has cores for. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  readonly canonical: Canonicalizer;
  /** Registries that the base commit's images or the configuration name; no others may be in a private network. */
  readonly namedRegistries: NamedHosts;
  /** Of this run and of earlier ones; engines ask it by reuse.ts. */
  readonly results: Results;
}

/** An engine with its part of the configuration, ready to run. */
export interface BoundEngine {
  readonly id: string;
  readonly title: string;
  readonly tool?: string;
  readonly reads: 'manifests' | 'results';
  readonly scope: 'target' | 'set';
  readonly language?: PolicyLanguage;
  readonly enabled: boolean;
  readonly notApplicable: (set: ManifestSet) => string | undefined;
  readonly targets: (set: ManifestSet) => readonly Target[];
  readonly run: (context: Omit<EngineContext, 'options'>) => Promise<EngineRun>;
  readonly settings?: Pick<EngineSettings, 'rules' | 'unasked'> & { readonly named: readonly NamedRule[] };
}

/** An engine as the registry lists it: its options' type is closed over, so that one list holds them all. */
export interface EngineEntry {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly tool?: string;
  readonly options: z.ZodType;
  /** Parses `engines.<id>` and ties it to the engine. Throws ZodError. */
  bind(rawOptions: unknown, enabled: boolean): BoundEngine;
}

export function defineEngine<Options>(engine: Engine<Options>): EngineEntry {
  const { id, title, reads } = engine;
  const described = { id, title, ...(engine.tool !== undefined && { tool: engine.tool }) };
  return {
    ...described,
    summary: engine.summary,
    options: engine.options,
    bind(rawOptions, enabled) {
      const options = engine.options.parse(rawOptions);
      return {
        ...described,
        reads,
        scope: engine.scope(options),
        ...(engine.language !== undefined && { language: engine.language }),
        enabled,
        notApplicable: (set) => engine.notApplicable(set, options),
        targets: (set) => engine.targets(set, options),
        run: (context) => engine.run({ ...context, options }),
        ...(engine.settings !== undefined && { settings: { ...engine.settings, named: engine.settings.named?.(options) ?? [] } }),
      };
    },
  };
}
