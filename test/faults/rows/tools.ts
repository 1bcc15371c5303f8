import { chmod, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder } from '../../support/temp-folders.ts';
import { judgeBoth } from '../in-process.ts';
import { launcher } from '../launcher.ts';
import type { Row } from '../row.ts';

interface Case {
  readonly fault: string;
  readonly expects?: Row['expects'];
  readonly engine?: string;
  /** What follows `ID=`. */
  tool(): Promise<string>;
}

async function script(name: string, text: string | Uint8Array, mode = 0o755): Promise<string> {
  const file = path.join(emptyFolder(), name);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}
/** Prints its version and then runs the script. */
const after = (rest: string): string => `#!/bin/sh\nif [ "$1" = version ]; then echo Version: v1.19.1; ${rest}fi\nexit 0\n`;

const cases: readonly Case[] = [
  { fault: 'there is no such executable', tool: () => Promise.resolve('/nowhere/opa') },
  { fault: 'it is not executable', tool: () => script('opa', '#!/bin/sh\n', 0o644) },
  { fault: 'it is for another processor', tool: () => script('opa', Buffer.from('7f454c4602010100ffff', 'hex')) },
  { fault: 'it is an empty file', tool: () => script('opa', '') },
  { fault: 'its interpreter is missing', tool: () => script('opa', '#!/nowhere/sh\n') },
  { fault: 'it is a folder', tool: () => Promise.resolve(emptyFolder()) },
  { fault: 'its hash differs from the one given', tool: async () => `${await launcher({ id: 'opa' })}@sha256:${'0'.repeat(64)}` },
  { fault: 'it ends well and does nothing', tool: () => script('opa', after('')) },
  { fault: 'it is gone once it printed its version', tool: () => script('opa', after('rm -f "$0"; ')) },
  {
    fault: 'it is one of the malicious releases',
    engine: 'trivy',
    tool: () => script('trivy', '#!/bin/sh\necho Version: 0.69.4\n'),
  },
];

export const toolRows: readonly Row[] = cases.map(({ fault, expects, engine = 'opa', tool }) => ({
  id: `tool: ${fault}`,
  area: 'executable of an engine',
  fault: `${engine}'s executable: ${fault}`,
  expects: expects ?? 'error',
  run: () => judgeEach(engine, tool),
}));

async function judgeEach(engine: string, tool: Case['tool']) {
  const [first, second] = [await tool(), await tool()];
  const trials = await judgeBoth((truth) => ({ engines: engine, tools: [`${engine}=${truth === 'clean' ? first : second}`] }));
  await rm(first, { force: true, recursive: true });
  return trials;
}
