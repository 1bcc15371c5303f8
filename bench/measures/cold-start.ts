import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Bench, Measure } from '../bench.ts';
import { newFolder } from '../bench.ts';
import { command, root } from '../gate.ts';
import { measured } from '../measured.ts';
import { topFunctions } from '../profile.ts';
import { type Row, row, show } from '../row.ts';
import { interleaved, median } from '../statistics.ts';

const limitMs = 200;
const limitMB = 3;

export const coldStart: Measure = {
  id: 'd',
  title: 'cold start, and size of what is downloaded',
  how: 'Each runs alternately with `node -e 0`; medians; the figure is the difference. `--version` is the start itself. `check --help` has loaded everything that a check needs, but nothing from the repository. The action is refused because it has no inputs, after it has loaded all of its own code. Sizes are those of the files that a job loads: the entry and the chunks next to it, without license texts. 1 MB is 1,000,000 bytes.',
  run: async (bench) => [
    await start(bench, 'the command, `--version`', [command, '--version']),
    await start(bench, 'the command, `check --help`', [command, 'check', '--help']),
    await start(bench, 'the action, refused', [path.join(root, 'dist', 'main', 'index.js')], 1),
    ...(await Promise.all(['main', 'cli'].map((entry) => size(entry)))),
  ],
};

async function start(bench: Bench, what: string, started: readonly string[], answer = 0): Promise<Row> {
  const node = (args: readonly string[], code: number) => () =>
    measured({ executable: process.execPath, args, cwd: bench.folder, answers: [code] }, bench.folder);
  const runs = await interleaved(bench.quick ? 3 : 21, node(started, answer), node(['-e', '0'], 0));
  const [ours, other] = [median(runs.ours.map((run) => run.wallMs)), median(runs.other.map((run) => run.wallMs))];
  const cpu = median(runs.ours.map((run) => run.cpuMs)) - median(runs.other.map((run) => run.cpuMs));
  const parts = {
    what: `start of ${what}; ${show(cpu, 'ms')} of it processor time`,
    ours: show(ours, 'ms'),
    other: `${show(other, 'ms')} (node -e 0)`,
    value: ours - other,
    unit: 'ms',
    target: { sense: 'at most', limit: limitMs },
  } as const;
  return row(parts, async () => {
    const folder = newFolder(bench, 'profile');
    await node(['--cpu-prof', '--cpu-prof-dir', folder, ...started], answer)();
    return topFunctions(folder, 10);
  });
}

function size(entry: string): Promise<Row> {
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
    target: { sense: 'at most', limit: limitMB },
  } as const;
  return row(parts, () =>
    Promise.resolve(files.slice(0, 5).map(({ name, megabytes }) => `${show(megabytes, 'MB').padStart(8)}  ${name}`)),
  );
}
