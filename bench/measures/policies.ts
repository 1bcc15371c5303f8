import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Bench, flattened, type Measure, newFolder, writeFiles } from '../bench.ts';
import { engineMs, type GateRun, type GateWanted, newCache, profileGate, root, runGate } from '../gate.ts';
import { manifestFiles } from '../inputs/manifests.ts';
import { type Measured, measured } from '../measured.ts';
import { type Row, row, seconds, skipped, timesFaster } from '../row.ts';
import { interleaved, medianBy } from '../statistics.ts';
import { differences, saidByConftest, saidByGate, saidByKyverno } from './said.ts';

const kyvernoLimit = 5;
const conftestLimit = 2;
const rego = path.join(root, 'bench', 'rego');
/** Policies of the pack that bench/rego implements, too. */
const subset = readdirSync(rego)
  .map((name) => path.basename(name, '.rego'))
  .filter((name) => name !== 'pods');

export const policies: Measure = {
  id: 'c',
  title: 'the CEL pack compared with the Kyverno CLI and conftest, 1,000 manifests',
  how: `\`check --engines cel\` (its total wall time, including reports) alternately with \`kyverno apply\` of the same ValidatingAdmissionPolicies and \`conftest test\` of bench/rego, which implements the same rules as ${subset.length} policies of the pack: ${subset.join(', ')}. Each must refuse the same resources by the same policies, or there is no figure. The last row is the complete pack as enabled by default, run once; the others are medians of three runs.`,
  run: async (bench) => {
    const count = bench.quick ? 60 : 1000;
    const files = manifestFiles({ count, seed: 11 });
    const some = repository(bench, files, subset);
    const rows = [
      await against(bench, `${subset.length} policies, Kyverno CLI`, some, kyverno(bench, some), kyvernoLimit),
      await against(bench, `${subset.length} policies, conftest`, some, conftest(bench, some), conftestLimit),
    ];
    const all = repository(bench, files, undefined);
    // Takes Kyverno minutes, so it runs once.
    const whole = await against(bench, `${all.policies.length} policies, Kyverno CLI`, all, kyverno(bench, all), kyvernoLimit, 1);
    return [...rows, whole];
  },
};

interface Repository {
  readonly workspace: string;
  /** Folder of the policies, for Kyverno. */
  readonly applied: string;
  readonly policies: readonly string[];
}

/** A repository that is evaluated by some policies of the pack, or by all that are enabled. */
function repository(bench: Bench, files: ReadonlyMap<string, string>, only: readonly string[] | undefined): Repository {
  const pack = readdirSync(path.join(root, 'policies'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && path.basename(entry.parentPath) !== 'policies')
    .map((entry) => ({
      name: path.basename(entry.name, '.yaml'),
      text: readFileSync(path.join(entry.parentPath, entry.name), 'utf8'),
    }));
  const isOn = (text: string): boolean => !text.includes('k8s-gate.io/enabled: "false"');
  const chosen = pack.filter(({ name, text }) => only?.includes(name) ?? isOn(text));
  const left = pack.filter(({ name, text }) => isOn(text) && !chosen.some((policy) => policy.name === name));
  const workspace = newFolder(bench, 'policies');
  const disable = JSON.stringify(left.map(({ name }) => name));
  writeFiles(workspace, new Map([...files, ['.k8s-gate.yaml', `version: 1\nengines:\n  cel: { disable: ${disable} }\n`]]));
  const applied = newFolder(bench, 'applied');
  writeFiles(applied, new Map(chosen.map(({ name, text }) => [`${name}.yaml`, withoutBinding(text)])));
  return { workspace, applied, policies: chosen.map(({ name }) => name) };
}

/** For a bound policy, Kyverno's command line matches resources by the binding only: it would evaluate, and refuse, what a cluster would not. */
function withoutBinding(text: string): string {
  const policies = text.split(/^---$/m).filter((document) => !/^kind: ValidatingAdmissionPolicyBinding$/m.test(document));
  if (policies.length !== 1) throw new Error(`one policy a file, but there are ${policies.length}`);
  return policies.join('');
}

interface Other {
  readonly run: () => Promise<Measured>;
  readonly said: (run: Measured) => ReadonlySet<string>;
}

async function against(
  bench: Bench,
  what: string,
  repository: Repository,
  other: Other | string,
  limit: number,
  rounds = 3,
): Promise<Row> {
  if (typeof other === 'string') return skipped(what, other);
  const wanted: GateWanted = { workspace: repository.workspace, engines: ['cel'], cacheDir: newCache(bench) };
  const runs = await interleaved(bench.quick ? 1 : rounds, () => runGate(bench, wanted), other.run);
  const [ours, theirs] = [medianBy(runs.ours, ({ wallMs }) => wallMs), medianBy(runs.other, ({ wallMs }) => wallMs)];
  const unlike = differences(saidByGate(ours.report), other.said(theirs));
  if (unlike.length > 0) throw new Error(`${what}: they do not refuse the same, such as ${unlike.slice(0, 3).join('; ')}`);
  const parts = {
    what: `${what}, ${saidByGate(ours.report).size} refusals by both`,
    ours: `${spent(ours)}, engine ${seconds(engineMs(ours.report, 'cel'))}`,
    other: spent(theirs),
    value: timesFaster(ours.wallMs, theirs.wallMs),
    unit: 'times',
    target: { sense: 'at least', limit },
  } as const;
  return row(parts, async () => [...bounds(ours, theirs), ...(await profileGate(bench, wanted))]);
}

function spent(run: Measured): string {
  return `${seconds(run.wallMs)} (${seconds(run.cpuMs)} processor)`;
}

/** What a faster engine could not improve: the other's time compared with the gate's time without the engine. */
function bounds(ours: GateRun, theirs: Measured): readonly string[] {
  const engine = engineMs(ours.report, 'cel');
  return [
    `the gate around its engine ${seconds(ours.wallMs - engine)}, the engine ${seconds(engine)}: the engine alone is ${timesFaster(engine, theirs.wallMs).toFixed(2)} times as fast as the other`,
    `processor time: the other needs ${timesFaster(ours.cpuMs, theirs.cpuMs).toFixed(2)} times ours, and may use more than one core`,
  ];
}

function kyverno(bench: Bench, { workspace, applied }: Repository): Other | string {
  const tool = bench.tools.engines.kyverno;
  if (tool === undefined) return 'no kyverno in the tool cache';
  const resources = flattened(bench, [path.join(workspace, 'deploy')]);
  const args = ['apply', applied, '-r', resources, '-p', '--output-format', 'json', '--remove-color'];
  return {
    run: () => measured({ executable: tool.path, args, cwd: workspace, answers: [0, 1] }, bench.folder),
    said: saidByKyverno,
  };
}

function conftest(bench: Bench, { workspace }: Repository): Other | string {
  const found = bench.tools.conftest();
  if ('missing' in found) return found.missing;
  const args = ['test', '--policy', rego, '--output', 'json', '--no-color', path.join(workspace, 'deploy')];
  return {
    run: () => measured({ executable: found.path, args, cwd: workspace, answers: [0, 1] }, bench.folder),
    said: saidByConftest,
  };
}
