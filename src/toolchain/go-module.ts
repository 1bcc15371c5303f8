import path from 'node:path';
import { findGo, type Go, type GoContext, runGo } from './go.ts';
import type { LockedGoModule, LockedTool } from './lock-file.ts';
import type { SourceLimits, ToolSource } from './source.ts';

/** Runs one piece of work after another, whether or not it fails. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}

interface BuildContext extends GoContext {
  readonly gateRoot: string;
  /** A build uses all cores, and linking Trivy 2 GB: two at once are not faster. */
  readonly builds: Queue;
}

/**
 * A build from source. Every module has the hash in go.sum: these were checked against Go's checksum database when they were written, and
 * `-mod=readonly` refuses any other.
 */
export function goModule(id: string, locked: LockedTool, module: LockedGoModule, context: BuildContext): ToolSource {
  const { log } = context.ports;
  return {
    label: `Go module ${module.module}@${module.version}`,
    origin: { kind: 'go-module', from: `${module.package}@${module.version}` },
    expectedMs: module.buildSeconds * 1_000,
    async fetch(staging, limits) {
      const go = await findGo(staging, context, { GOFLAGS: '-mod=readonly', ...experiment(module) });
      const build = { go, module, limits, cwd: path.join(context.gateRoot, module.folder) };
      await context.builds(async () => {
        log.info(
          `building ${id} ${locked.version} from its pinned Go module; with empty caches on two cores that took ${module.buildSeconds} s`,
        );
        const link = module.stamp === undefined ? '-s -w' : `-s -w -X ${module.stamp}`;
        const output = path.join(staging, id);
        const args = ['build', '-trimpath', '-buildvcs=false', `-ldflags=${link}`, '-o', output, module.package];
        await runGo(go, args, build, context.ports);
        for (const folder of module.folders ?? []) await copyFolder(build, folder, staging, context);
      });
      return undefined;
    },
  };
}

interface Build {
  readonly go: Go;
  readonly module: LockedGoModule;
  readonly limits: SourceLimits;
  readonly cwd: string;
}

/** GOEXPERIMENT that the module does not build without. */
export function experiment({ goexperiment }: LockedGoModule): Record<string, string> {
  return goexperiment === undefined ? {} : { GOEXPERIMENT: goexperiment };
}

async function copyFolder(build: Build, folder: string, staging: string, { ports }: GoContext): Promise<void> {
  const { files } = ports;
  const from = path.join(
    (await runGo(build.go, ['list', '-m', '-f', '{{.Dir}}', build.module.module], build, ports)).trim(),
    folder,
  );
  for (const file of await files.walk(from, () => false)) {
    if (file.kind === 'file')
      await files.write(path.join(staging, folder, file.path), await files.readBytes(path.join(from, file.path)));
  }
}
