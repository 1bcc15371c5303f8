// `npm run update-engines [-- ids...] [-- --write]`: looks for newer releases of the pinned engines, and with --write pins them in this
// repository. docs/engines.md has the steps that follow.
import { register } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

process.exitCode = 1;
// Node reads TypeScript from 22.18 on.
register('./typescript-loader.mjs', import.meta.url);
const { values, positionals } = parseArgs({ options: { write: { type: 'boolean', default: false } }, allowPositionals: true });
const { updateAll } = await import('./engines/update.ts');
const { cacheDirOf } = await import('../src/commands/tools.ts');
const { createConsoleLog } = await import('../src/ports/console-log.ts');
const { createNodePorts } = await import('../src/ports/node-ports.ts');
const { env } = process;
const ports = createNodePorts({ log: createConsoleLog({ write: (text) => process.stderr.write(text), debug: false }), env });
const context = {
  ports,
  env,
  cacheDir: cacheDirOf(undefined, { cwd: process.cwd(), env }),
  gateRoot: path.dirname(import.meta.dirname),
};
if (await updateAll(positionals, values.write, context, console.log)) process.exitCode = 0;
if (values.write)
  console.log(
    'Before you commit: verify each hash with a source other than the publisher and list it in `sources`, build the module, record the engine (docs/engines.md).',
  );
