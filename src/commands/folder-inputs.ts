import { type Inputs, parseInputs } from '../inputs/inputs.ts';
import type { OpenBundle } from '../inputs/organization/load.ts';
import type { RawInputs } from '../inputs/raw-inputs.ts';
import { createBundleOpeners } from '../open-organization.ts';
import type { CommandContext } from './command.ts';
import { cacheDirOf } from './tools.ts';

/** Works with the configuration of a folder and what it extends, which is fetched for the time of the work. */
export async function withInputs<T>(
  raw: RawInputs,
  cacheDir: string | undefined,
  context: CommandContext,
  work: (inputs: Inputs) => Promise<T> | T,
): Promise<T> {
  const { ports, signal } = context;
  const tempDir = await ports.files.makeTempDir('k8s-gate-');
  try {
    const openBundle: OpenBundle = (address, config) =>
      createBundleOpeners({ ports, signal, tempDir, cacheDir: cacheDirOf(cacheDir, context) }).trusted(address, config);
    return await work(await parseInputs(raw, { ...ports, openBundle }));
  } finally {
    await ports.files.remove(tempDir);
  }
}
