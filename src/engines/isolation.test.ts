import { expect, it } from 'vitest';
import { nodePorts } from '../../test/support/node-ports.ts';
import { GateError } from '../model/gate-error.ts';
import { isolated } from './isolation.ts';

const command = { args: [], cwd: '/', env: {}, timeoutMs: 10_000, maxOutputBytes: 1_000 };

it('verifies the tool of an engine before it is run, and no other program', async () => {
  const order: string[] = [];
  const processes: typeof nodePorts.processes = {
    ...nodePorts.processes,
    run: async ({ executable }) => {
      order.push(`run ${executable}`);
      return { exitCode: 0, signal: undefined, end: 'exited', stdout: '', stderr: '', durationMs: 0 };
    },
  };
  const tool = {
    path: '/engine',
    verified: async () => {
      order.push('verified');
    },
  };
  const { ports } = isolated({ ...nodePorts, processes }, 'auto', tool);
  await ports.processes.run({ ...command, executable: '/bin/tar', network: 'none' });
  await ports.processes.run({ ...command, executable: '/engine', network: 'none' });
  await ports.processes.run({ ...command, executable: '/engine' });
  expect(order).toEqual(['run /bin/tar', 'verified', 'run /engine', 'verified', 'run /engine']);
});

it('does not run what is not what was installed', async () => {
  const verified = () => Promise.reject(new GateError('TOOL_UNTRUSTED', { message: 'changed' }));
  const { ports } = isolated(nodePorts, 'auto', { path: '/bin/true', verified });
  await expect(ports.processes.run({ ...command, executable: '/bin/true', network: 'none' })).rejects.toMatchObject({
    code: 'TOOL_UNTRUSTED',
  });
});
