import { rmSync } from 'node:fs';
import path from 'node:path';
import { type Bench, flattened, newFolder } from './bench.ts';
import { command } from './gate.ts';
import { environments } from './inputs/templates.ts';
import { type Measurable, measured } from './measured.ts';
import type { Store } from './store.ts';

/** What a workflow does with the same engines, a step each. */
interface Step {
  /** Whose time it is. */
  readonly engine: string;
  /** Called when the steps before it have ended; what it does itself is not measured. */
  readonly command: () => Measurable;
}

export interface SequenceRun {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Wall time by engine, the slowest first. */
  readonly engines: readonly { readonly engine: string; readonly wallMs: number; readonly cpuMs: number }[];
}

/** Runs the steps one after the other, with caches as a warm runner has them: a database, and no image scanned yet. */
export async function runSequence(bench: Bench, store: Store, cacheDir: string): Promise<SequenceRun> {
  rmSync(path.join(cacheDir, 'fanal'), { recursive: true, force: true });
  const rendered = newFolder(bench, 'rendered');
  const spent = new Map<string, { wallMs: number; cpuMs: number }>();
  for (const { engine, command: step } of steps(bench, store, { rendered, cacheDir })) {
    const run = await measured(step(), bench.folder);
    const before = spent.get(engine) ?? { wallMs: 0, cpuMs: 0 };
    spent.set(engine, { wallMs: before.wallMs + run.wallMs, cpuMs: before.cpuMs + run.cpuMs });
  }
  const engines = [...spent].map(([engine, cost]) => ({ engine, ...cost })).toSorted((a, b) => b.wallMs - a.wallMs);
  const sum = (of: (cost: { wallMs: number; cpuMs: number }) => number): number => engines.reduce((all, one) => all + of(one), 0);
  return { wallMs: sum((one) => one.wallMs), cpuMs: sum((one) => one.cpuMs), engines };
}

interface Folders {
  readonly rendered: string;
  readonly cacheDir: string;
}

function steps(bench: Bench, store: Store, folders: Folders): readonly Step[] {
  const { engines } = store.wanted;
  const judging: Readonly<Record<string, () => readonly (() => Measurable)[]>> = {
    trivy: () => trivy(bench, store, folders).map((step) => () => step),
    kyverno: () => kyverno(bench, store, folders),
    opa: () => [() => conftest(bench, store, folders)],
    'kube-linter': () => [
      () => inWorkspace(store, bench.tools.kubeLinter, ['lint', '--format', 'json', folders.rendered, 'deploy'], [0, 1]),
    ],
    cel: () => [
      () =>
        inWorkspace(
          store,
          process.execPath,
          [command, 'check', '--engines', 'cel', '--cache-dir', store.wanted.cacheDir],
          [0, 1],
        ),
    ],
  };
  return [
    ...render(bench, store, folders).map((step) => ({ engine: 'rendering', command: () => step })),
    ...engines.flatMap((engine) => (judging[engine]?.() ?? []).map((step) => ({ engine, command: step }))),
  ];
}

function inWorkspace(
  { wanted }: Store,
  executable: string | undefined,
  args: readonly string[],
  answers: readonly number[] = [0],
): Measurable {
  if (executable === undefined) throw new Error(`no binary for ${args.join(' ')}`);
  return { executable, args, cwd: wanted.workspace, answers };
}

/** The chart as it is, and chart and kustomization for each environment, a folder each: what the gate judges, too. */
function render(bench: Bench, store: Store, { rendered }: Folders): readonly Measurable[] {
  const { helm, kustomize } = bench.tools.engines;
  const release = (name: string, values: readonly string[]): Measurable => {
    const out = path.join(rendered, name);
    return inWorkspace(store, helm?.path, ['template', 'store', 'charts/store', ...values, '--output-dir', out]);
  };
  const build = (name: string): Measurable => {
    const out = path.join(rendered, name, 'queue.yaml');
    return inWorkspace(store, kustomize?.path, ['build', `kustomize/overlays/${name}`, '--output', out]);
  };
  return [
    release('default', []),
    ...environments.flatMap((name) => [release(name, ['--values', `charts/store/values-${name}.yaml`]), build(name)]),
  ];
}

/** The manifests that were rendered and those that need no rendering, as two scans, then each image. */
function trivy(bench: Bench, store: Store, { rendered, cacheDir }: Folders): readonly Measurable[] {
  const common = ['--format', 'json', '--cache-dir', cacheDir, '--skip-version-check', '--disable-telemetry', '--no-progress'];
  const executable = bench.tools.engines.trivy?.path;
  const manifests = ['filesystem', ...common, '--scanners', 'misconfig,secret', '--skip-check-update'];
  const image = ['image', ...common, '--scanners', 'vuln,secret', '--db-repository', store.database, '--image-src', 'remote'];
  return [
    ...[rendered, 'deploy'].map((folder) => inWorkspace(store, executable, [...manifests, folder])),
    ...store.images.map((reference) => inWorkspace(store, executable, [...image, reference])),
  ];
}

function ownPolicies(store: Store, extension: string): readonly string[] {
  return [...store.files.keys()].filter((file) => file.startsWith('.k8s-gate/policies/') && file.endsWith(extension));
}

/** One run for each environment: two resources of one name make Kyverno's command line crash. */
function kyverno(bench: Bench, store: Store, { rendered }: Folders): readonly (() => Measurable)[] {
  const plain = [path.join(store.wanted.workspace, 'deploy'), path.join(rendered, 'default')];
  return [plain, ...environments.map((name) => [path.join(rendered, name)])].map((folders) => () => {
    const resources = flattened(bench, folders);
    const args = ['apply', ...ownPolicies(store, '.yaml'), '-r', resources, '-p', '--output-format', 'json', '--remove-color'];
    return inWorkspace(store, bench.tools.engines.kyverno?.path, args, [0, 1]);
  });
}

/** What workflows use: `opa eval` reads one document, and no YAML of several. */
function conftest(bench: Bench, store: Store, { rendered }: Folders): Measurable {
  const found = bench.tools.conftest();
  const policies = ownPolicies(store, '.rego').flatMap((file) => ['--policy', file]);
  const args = ['test', ...policies, '--all-namespaces', '--output', 'json', rendered, 'deploy'];
  return inWorkspace(store, 'path' in found ? found.path : undefined, args, [0, 1]);
}
