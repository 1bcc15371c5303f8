import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createNodeProcesses } from '../../src/ports/node-processes.ts';
import type { Command, ProcessResult } from '../../src/ports/ports.ts';
import { probeSandbox } from '../../src/ports/sandbox.ts';
import { serve, stopServers } from '../support/loopback.ts';
import { emptyFolder, removeTempFolders } from '../support/temp-folders.ts';

const plain = createNodeProcesses({});
const linux = process.platform === 'linux';
const system = {
  platform: process.platform,
  uid: process.getuid?.(),
  ownNetwork: async () => readlinkSync('/proc/self/ns/net'),
};
/** What this machine allows, by the probe under test; the tests below check that every promise is kept, or reported as not kept. */
const here = await probeSandbox(plain.run, system);
const base = { cwd: '/', env: {}, timeoutMs: 20_000, maxOutputBytes: 1_000_000, network: 'none' } as const;

function node(script: string, rest: Partial<Command> = {}, processes = plain): Promise<ProcessResult> {
  return processes.run({ ...base, executable: process.execPath, args: ['-e', script], ...rest });
}
const connecting = (url: string) =>
  `fetch('${url}').then(() => console.log('reached'), (error) => console.log(error.cause?.code))`;

afterEach(stopServers);
afterAll(removeTempFolders);

describe.skipIf(here.cut === undefined)(
  `an engine that needs no network${here.cut === undefined ? ` (skipped: ${here.why})` : ''}`,
  () => {
    it('reaches no server, not on loopback either', async () => {
      const server = await serve((_request, response) => response.end());
      expect(await node(connecting(server.url))).toMatchObject({ exitCode: 0, stdout: 'ENETUNREACH\n' });
      expect(server.seen).toEqual([]);
      expect(await node(connecting(server.url), { network: 'allowed' })).toMatchObject({ stdout: 'reached\n' });
    });

    it('reaches no abstract socket, by which some services listen', async () => {
      const name = `\0k8s-gate-test-${process.pid}`;
      const server = createServer((socket) => socket.end());
      await new Promise<void>((resolve) => server.listen(name, resolve));
      const own = await new Promise((resolve) => connect(name).once('connect', () => resolve('reached')));
      const script = `require('node:net').connect('\\0k8s-gate-test-${process.pid}').on('connect', () => console.log('reached')).on('error', (e) => console.log(e.code))`;
      const result = await node(script);
      server.close();
      expect([own, result.stdout]).toEqual(['reached', 'ECONNREFUSED\n']);
    });

    it('can read none of our environment, where the tokens are', async () => {
      for (const network of ['none', 'allowed'] as const) {
        const script = `require('node:fs').readFileSync('/proc/${process.pid}/environ')`;
        expect((await node(script, { network })).stderr).toContain('EACCES');
        expect((await node(script, { network })).notIsolated).toBeUndefined();
      }
    });

    it('gains no privileges and keeps none that would let it out', async () => {
      const { stdout } = await node(`console.log(require('node:fs').readFileSync('/proc/self/status', 'utf8'))`);
      expect(stdout).toMatch(/^NoNewPrivs:\t1$/m);
      // CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, which root needs to read a workspace that is another user's.
      expect(Number(`0x${/^CapEff:\t(\w+)$/m.exec(stdout)?.[1]}`) & ~6).toBe(0);
    });

    it.each(['root', 'plain user'])('has a wrapper for a %s', async (who) => {
      const found = await probeSandbox(plain.run, { ...system, uid: who === 'root' ? system.uid : 1000 });
      const result = await node(
        `console.log(process.getuid())`,
        {},
        createNodeProcesses({}, async () => found),
      );
      expect(result).toMatchObject({ exitCode: 0, stdout: `${system.uid}\n` });
      expect(result.notIsolated).toBeUndefined();
    });
  },
);

describe.skipIf(!linux)('a child in its sandbox', () => {
  it('has the environment, folder and pipes that it was given, and nothing else', async () => {
    const folder = emptyFolder();
    process.env.K8S_GATE_TEST_SECRET = 'hunter2';
    const held = openSync(import.meta.filename, 'r');
    const env = { HOME: folder, ONLY: 'this' };
    expect((await plain.run({ ...base, executable: '/usr/bin/env', args: [], env })).stdout).toBe(`HOME=${folder}\nONLY=this\n`);
    expect((await plain.run({ ...base, executable: '/bin/pwd', args: [], cwd: folder })).stdout).toBe(`${folder}\n`);
    expect(readdirSync(folder)).toEqual([]);
    // Node closes on exec what it opens; whoever started us may have left us descriptors above 16, which are theirs and are passed on.
    const pipes = await plain.run({ ...base, executable: '/bin/ls', args: ['-l', '/proc/self/fd'] });
    const descriptors = [...pipes.stdout.matchAll(/ (\d+) -> (pipe|socket):/g)].map((found) => Number(found[1]));
    expect(descriptors.slice(0, 3)).toEqual([0, 1, 2]);
    expect(pipes.stdout).not.toContain(import.meta.filename);
    closeSync(held);
  });

  it('gets its arguments as they are, and its own exit code, signal and input back', async () => {
    const args = ['--help', '--', '$(id)', '', '-c'];
    expect((await plain.run({ ...base, executable: '/bin/echo', args })).stdout).toBe(`${args.join(' ')}\n`);
    expect(await node('process.stdin.pipe(process.stdout); process.exitCode = 126', { stdin: 'in' })).toMatchObject({
      exitCode: 126,
      end: 'exited',
      stdout: 'in',
    });
    expect(await node(`process.kill(process.pid, 'SIGKILL')`)).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' });
  });

  it('that could not be started is reported', async () => {
    const missing = await plain.run({ ...base, executable: '/nowhere/engine', args: [] });
    expect(missing).toMatchObject({ end: 'not-started', startError: 'ENOENT', exitCode: undefined });
    const file = path.join(emptyFolder(), 'engine');
    writeFileSync(file, '#!/nowhere/interpreter\n', { mode: 0o755 });
    expect(await plain.run({ ...base, executable: file, args: [] })).toMatchObject({
      end: 'not-started',
      startError: 'No such file or directory',
    });
    expect(await plain.run({ ...base, executable: '/bin/true', args: [], cwd: '/nowhere' })).toMatchObject({
      end: 'not-started',
    });
  });

  it('ends at its deadline and at its limit of output', async () => {
    expect(await node('setInterval(() => {}, 1e6)', { timeoutMs: 500 })).toMatchObject({ end: 'timeout', signal: 'SIGTERM' });
    const flood = await node(`for (;;) require('node:fs').writeSync(1, 'x'.repeat(1e4))`, { maxOutputBytes: 50_000 });
    expect([flood.end, flood.stdout.length]).toEqual(['output-limit', 50_000]);
  });
});

describe.skipIf(here.limit === undefined)('a limit on memory', () => {
  /** Prints how many MiB it has; how V8 ends when there are no more depends on what it needed them for. */
  const hog = `const held = [];
    for (let mb = 16; ; mb += 16) { held.push(Buffer.alloc(16 * 2 ** 20, 1)); require('node:fs').writeSync(1, mb + '\\n'); }`;

  it('stops what asks for more', async () => {
    const result = await node(hog, { memoryBytes: 512 * 2 ** 20 });
    expect(result.end).toBe('exited');
    expect(result.exitCode).not.toBe(0);
    const reached = Number(result.stdout.trim().split('\n').at(-1));
    expect(reached).toBeGreaterThan(100);
    expect(reached).toBeLessThan(512);
  });

  it('lets address space be reserved that is not used', async () => {
    const reserve = `new WebAssembly.Memory({ initial: 1, maximum: 65536 }); console.log('ran')`;
    expect(await node(reserve, { memoryBytes: 512 * 2 ** 20 })).toMatchObject({ exitCode: 0, stdout: 'ran\n' });
  });

  it('is named where Go’s runtime gave up at it', async () => {
    const words = (text: string) => `process.stderr.write('${text}\\n'); process.exitCode = 2`;
    const starved = words('fatal error: runtime: cannot allocate memory');
    expect((await node(starved, { memoryBytes: 2 ** 32 })).end).toBe('memory-limit');
    const heap = words('fatal error: out of memory allocating heap arena metadata');
    expect((await node(heap, { memoryBytes: 2 ** 32 })).end).toBe('memory-limit');
    expect((await node(starved)).end).toBe('exited');
    const crash = (frame: string) =>
      words(
        `SIGSEGV: segmentation violation\\nPC=0x4 m=2 sigcode=1 addr=0x0\\n\\ngoroutine 0 gp=0x5 m=2 [idle]:\\n${frame}(0x1)`,
      );
    expect(await node(crash('runtime.(*spanQueue).tryDrain'), { memoryBytes: 2 ** 32 })).toMatchObject({
      end: 'memory-limit',
      stderr: 'SIGSEGV: segmentation violation',
    });
    expect((await node(crash('main.read'), { memoryBytes: 2 ** 32 })).end).toBe('exited');
    expect((await node(words('the policy: fatal error: out of memory'), { memoryBytes: 2 ** 32 })).end).toBe('exited');
  });
});

describe('a system that allows less', () => {
  const bare = {
    cut: undefined,
    open: [],
    limit: undefined,
    privileges: false,
    environment: false,
    why: 'this is darwin, not Linux',
  };
  const weak = createNodeProcesses({}, async () => bare);
  const lines = [
    'network was not cut off: this is darwin, not Linux',
    'the gate’s environment was not hidden: this is darwin, not Linux',
    'privileges were not dropped: this is darwin, not Linux',
    'memory was not limited: there is no prlimit (util-linux)',
  ];

  it('runs the child anyway, and reports each', async () => {
    const result = await node(`console.log('ran')`, { memoryBytes: 2 ** 32 }, weak);
    expect(result).toMatchObject({ exitCode: 0, stdout: 'ran\n', notIsolated: lines });
  });

  it('runs nothing where isolation is required', async () => {
    const result = await node(`console.log('ran')`, { memoryBytes: 2 ** 32, isolationRequired: true }, weak);
    expect(result).toMatchObject({ end: 'not-started', stdout: '', startError: lines.join('; '), notIsolated: lines });
  });

  it('is found out by trying, whatever the reason', async () => {
    const refused = async (command: Command): Promise<ProcessResult> => {
      if (command.args.includes('--net') || command.args.includes('--user'))
        return plain.run({ ...command, executable: '/bin/false' });
      return plain.run(command);
    };
    expect(await probeSandbox(plain.run, { ...system, platform: 'darwin' })).toEqual(bare);
    if (!linux) return;
    const found = await probeSandbox(refused, system);
    expect(found).toMatchObject({ cut: undefined, privileges: true, why: 'this system allows no user namespaces' });
    // A plain user's child has the rights of that user, and so may read what is its own: only a user namespace takes that away.
    expect((await probeSandbox(refused, { ...system, uid: 1000 })).environment).toBe(
      system.uid === 0 ? false : found.environment,
    );
    // A wrapper that does not isolate the child does not count.
    const lying = (command: Command) => plain.run({ ...command, args: command.args.filter((word) => word !== '--net') });
    expect((await probeSandbox(lying, system)).cut).toBeUndefined();
  });
});

/** A gate as small as can be: it starts a child that has a stubborn child, and ends as the action does when it is cancelled. */
describe.skipIf(!linux)('when the gate is ended', () => {
  const stubborn = `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1e6);`;
  const child = `${stubborn} require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { stdio: 'inherit' })
    .once('spawn', function () { require('node:fs').writeFileSync(process.argv[1], process.pid + ' ' + this.pid); });`;

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s ends the engine', async (signal) => {
    const pidFile = path.join(emptyFolder(), 'pids');
    const gate = startGate(child, pidFile);
    const pids = (await eventually(() => readFileSync(pidFile, 'utf8'))).split(' ').map(Number);
    // The stubborn one has to have started.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    gate.kill(signal);
    // Nothing is left to tell a grandchild of SIGKILL: the kernel ends the child alone.
    const mustEnd = signal === 'SIGKILL' ? pids.slice(0, 1) : pids;
    try {
      await eventually(() => {
        if (mustEnd.some(isAlive)) throw new Error(`still there: ${mustEnd.filter(isAlive).join(' ')}`);
      });
      expect(performance.now() - started).toBeLessThan(7_000);
    } finally {
      for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    }
  });
});

function startGate(script: string, pidFile: string): ReturnType<typeof spawn> {
  const folder = emptyFolder();
  const ports = path.join(import.meta.dirname, '../../src/ports');
  compile(ports, folder);
  const command = { ...base, timeoutMs: 60_000, executable: process.execPath, args: ['-e', script, pidFile] };
  const main = `import { createNodeProcesses } from './node-processes.js';
    const controller = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => controller.abort());
    await createNodeProcesses({}).run({ ...${JSON.stringify(command)}, signal: controller.signal });`;
  writeFileSync(path.join(folder, 'main.mjs'), main);
  return spawn(process.execPath, [path.join(folder, 'main.mjs')], { stdio: 'inherit' });
}

/** node 20 runs no TypeScript; these files import nothing but each other. */
function compile(from: string, to: string): void {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true };
  for (const name of ['node-processes', 'sandbox', 'sandbox-wrappers', 'child-output', 'system-error']) {
    const { outputText } = ts.transpileModule(readFileSync(path.join(from, `${name}.ts`), 'utf8'), { compilerOptions });
    writeFileSync(path.join(to, `${name}.js`), outputText);
  }
  writeFileSync(path.join(to, 'package.json'), '{"type":"module"}');
}

async function eventually<T>(look: () => T): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return look();
    } catch (thrown) {
      if (tries === 150) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A zombie, usual where PID 1 of a container waits for nobody, is not alive. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('/bin/ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return !['', 'Z'].includes(stdout.trim().slice(0, 1));
}
