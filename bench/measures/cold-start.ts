import { cpSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Bench, Measure } from '../bench.ts';
import { newFolder } from '../bench.ts';
import { command, root } from '../gate.ts';
import { measured } from '../measured.ts';
import { topFunctions } from '../profile.ts';
import { type Row, row, show } from '../row.ts';
import { interleaved, median } from '../statistics.ts';

/** The same as in test/dist.process.test.ts. */
const limitsMB = { main: 3.5, cli: 4 };

export const coldStart: Measure = {
  id: 'd',
  title: 'cold start, and size of what is downloaded',
  how: 'Each runs alternately with `node -e 0`; medians; the figure is the difference. `--version` is the start itself. `check --help` reads the table of options. A small repository is a copy of examples/single, checked with the CEL pack and without earlier results; its figure is the whole time. The action is refused because it has no inputs, after it has loaded all of its own code. Sizes are those of the files that a job loads: the entry and the chunks next to it, without license texts. 1 MB is 1,000,000 bytes.',
  run: async (bench) => [
    await start(bench, { what: 'start of the command, `--version`', args: [command, '--version'], limitMs: 120 }),
    await start(bench, { what: 'start of the command, `check --help`', args: [command, 'check', '--help'], limitMs: 120 }),
    await start(bench, { what: 'start of the action, refused', args: [action], answer: 1, limitMs: 150 }),
    await start(bench, {
      what: 'check of a small repository',
      args: small,
      cwd: smallRepository(bench),
      isWhole: true,
      limitMs: 300,
    }),
    ...(await Promise.all((['main', 'cli'] as const).map(size))),
  ],
};

const action = path.join(root, 'dist', 'main', 'index.js');
const small = [command, 'check', '--engines', 'cel', '--no-cache'];

function smallRepository(bench: Bench): string {
  const folder = newFolder(bench, 'small');
  cpSync(path.join(root, 'examples', 'single'), folder, { recursive: true });
  return folder;
}

interface Started {
  readonly what: string;
  readonly args: readonly string[];
  /** Exit code. */
  readonly answer?: number;
  readonly cwd?: string;
  /** The figure is the whole time, not the difference to `node -e 0`. */
  readonly isWhole?: boolean;
  readonly limitMs: number;
}

async function start(bench: Bench, { what, args, answer = 0, cwd = bench.folder, isWhole, limitMs }: Started): Promise<Row> {
  const node = (given: readonly string[], code: number) => () =>
    measured({ executable: process.execPath, args: given, cwd, answers: [code] }, bench.folder);
  const runs = await interleaved(bench.quick ? 3 : 21, node(args, answer), node(['-e', '0'], 0));
  const [ours, other] = [median(runs.ours.map((run) => run.wallMs)), median(runs.other.map((run) => run.wallMs))];
  const cpu = median(runs.ours.map((run) => run.cpuMs)) - median(runs.other.map((run) => run.cpuMs));
  const parts = {
    what: `${what}; ${show(cpu, 'ms')} of it processor time`,
    ours: show(ours, 'ms'),
    other: `${show(other, 'ms')} (node -e 0)`,
    value: isWhole ? ours : ours - other,
    unit: 'ms',
    target: { sense: 'at most', limit: limitMs },
  } as const;
  return row(parts, async () => {
    const folder = newFolder(bench, 'profile');
    await node(['--cpu-prof', '--cpu-prof-dir', folder, ...args], answer)();
    return topFunctions(folder, 10);
  });
}

function size(entry: keyof typeof limitsMB): Promise<Row> {
  const folder = path.join(root, 'dist', entry);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, megabytes: statSync(path.join(folder, name)).size / 1e6 }))
    .toSorted((a, b) => b.megabytes - a.megabytes);
  const first = files.find(({ name }) => name === 'index.js')?.megabytes ?? 0;
  const parts = {
    what: `size of dist/${entry}`,
    ours: `${show(first, 'MB')} index.js, ${files.length - 1} chunks`,
    other: '',
    value: files.reduce((sum, file) => sum + file.megabytes, 0),
    unit: 'MB',
    target: { sense: 'at most', limit: limitsMB[entry] },
  } as const;
  return row(parts, () =>
    Promise.resolve(files.slice(0, 5).map(({ name, megabytes }) => `${show(megabytes, 'MB').padStart(8)}  ${name}`)),
  );
}
