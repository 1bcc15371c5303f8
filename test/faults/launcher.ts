import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { emptyFolder } from '../support/temp-folders.ts';

const fake = pathToFileURL(path.join(import.meta.dirname, 'fake/fake-engine.mjs')).href;

export interface Damage {
  readonly how: string;
  readonly [setting: string]: string | number | boolean;
}
export interface Scenario {
  readonly id: 'opa' | 'kyverno' | 'gatekeeper' | 'kube-linter' | 'trivy';
  /** Absolute path of the true executable; left out, its answer is computed. */
  readonly real?: string;
  /** Left out: it does its work. */
  readonly damage?: Damage;
  /** Regular expression on the arguments; left out: each call. */
  readonly when?: string;
  /** Bytes a file it writes may have, as on a full disk. */
  readonly maxFileBytes?: number;
}

/** Writes an executable that plays a scenario. Engines get no environment, so that everything is in the file itself. */
export async function launcher(scenario: Scenario): Promise<string> {
  const folder = emptyFolder();
  const script = path.join(folder, `${scenario.id}.cjs`);
  const call = `import(${JSON.stringify(fake)}).then((m) => m.act(${JSON.stringify(scenario)}, process.argv.slice(2)))`;
  await writeFile(script, `${call}.catch((e) => { console.error(e); process.exit(70); });\n`);
  const limit = scenario.maxFileBytes === undefined ? '' : `/usr/bin/prlimit --fsize=${scenario.maxFileBytes} `;
  const executable = path.join(folder, scenario.id);
  await writeFile(executable, `#!/bin/sh\nexec ${limit}${process.execPath} ${script} "$@"\n`);
  await chmod(executable, 0o755);
  return executable;
}
