// Set-up of the unit layer: a unit test that starts a program fails, so that `npm test` needs nothing but Node and stays quick.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'] as const) {
  Object.defineProperty(childProcess, name, {
    value: (program: unknown) => {
      throw new Error(`a unit test must not start ${String(program)}: move the test to a file named *.process.test.ts`);
    },
  });
}
syncBuiltinESMExports();
