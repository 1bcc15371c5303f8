import path from 'node:path';
import { type GateError, toGateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { type Rendered, readItems } from './objects.ts';

/** What became of one file, chart or kustomization. */
export interface UnitResult {
  readonly rendered: readonly Rendered[];
  readonly failures: readonly GateError[];
}

/** Each field stands where it is written. */
export async function readPlain(file: string, workspace: string, files: Files): Promise<UnitResult> {
  try {
    const text = await files.readText(path.join(workspace, file));
    const read = parseYaml({ file, text }).map((document) => ({ document, ...readItems(document) }));
    return {
      rendered: read.flatMap(({ document, items }) =>
        items.map(({ identity, path: at }) => ({
          ...identity,
          source: { kind: 'plain' as const, unit: file },
          origin: { locate: (field) => document.locate([...at, ...field]) },
        })),
      ),
      failures: read.flatMap(({ failures }) => failures),
    };
  } catch (thrown) {
    return { rendered: [], failures: [toGateError(thrown)] };
  }
}
