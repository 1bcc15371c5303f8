import path from 'node:path';
import * as z from 'zod';
import { isObject } from '../model/json.ts';
import type { Files } from '../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../yaml/yaml.ts';

/** What a kustomization and its parts are made of, to find fields again. */
export interface KustomizeFiles {
  /** The kustomization's own file, relative to the workspace. */
  readonly file: string;
  /** Strategic merge patches, the outermost kustomization's first. */
  readonly patches: readonly YamlDocument[];
  /** The own file's document; undefined where it can't be read. */
  readonly document: YamlDocument | undefined;
  /** Line of the own file that names a path a message speaks of; 1 where none does. */
  lineNaming(message: string): number;
}

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const strings = z.array(z.string()).nullish();
const schema = z.looseObject({
  resources: strings,
  components: strings,
  bases: strings,
  patchesStrategicMerge: strings,
  patches: z.array(z.looseObject({ path: z.string().nullish(), patch: z.string().nullish() })).nullish(),
});

export async function readKustomizeFiles(folder: string, workspace: string, files: Files): Promise<KustomizeFiles> {
  const patches: YamlDocument[] = [];
  const seen = new Set([path.posix.normalize(folder)]);
  let own: { readonly file: string; readonly text: string; readonly document: YamlDocument } | undefined;
  for (const part of seen) {
    const found = await readOne(part, workspace, files);
    if (found === undefined) continue;
    own ??= found;
    const data = schema.safeParse(found.document.value).data ?? {};
    const named = [...(data.patchesStrategicMerge ?? []), ...(data.patches ?? []).flatMap(({ path: name }) => name ?? [])];
    for (const name of named) patches.push(...(await readPatch(path.posix.join(part, name), workspace, files)));
    for (const [index, { patch }] of (data.patches ?? []).entries())
      if (patch) patches.push(...inlinePatch(patch, index, found.document));
    for (const name of [...(data.resources ?? []), ...(data.components ?? []), ...(data.bases ?? [])]) {
      seen.add(path.posix.join(part, name).replace(/\/$/, ''));
    }
  }
  return {
    file: own?.file ?? path.posix.join(folder, 'kustomization.yaml'),
    patches,
    document: own?.document,
    lineNaming: (message) => lineNaming(own?.text ?? '', message),
  };
}

async function readOne(
  folder: string,
  workspace: string,
  files: Files,
): Promise<{ file: string; text: string; document: YamlDocument } | undefined> {
  for (const name of names) {
    const file = path.posix.join(folder, name);
    if (file.startsWith('../') || (await files.stat(path.join(workspace, file)))?.kind !== 'file') continue;
    const text = await files.readText(path.join(workspace, file));
    const [document] = parseYaml({ file, text });
    return document === undefined ? undefined : { file, text, document };
  }
  return undefined;
}

/** A patch that can't be read strictly is only no help in finding lines: kustomize judges it. */
async function readPatch(file: string, workspace: string, files: Files): Promise<readonly YamlDocument[]> {
  try {
    return parseYaml({ file, text: await files.readText(path.join(workspace, file)) }).filter(({ value }) => isObject(value));
  } catch {
    return [];
  }
}

/** A patch written in place: its lines stand below the `patch: |-` of the kustomization. */
function inlinePatch(text: string, index: number, kustomization: YamlDocument): readonly YamlDocument[] {
  const start = kustomization.locate(['patches', index, 'patch']);
  try {
    return parseYaml({ file: start.file, text })
      .filter(({ value }) => isObject(value))
      .map((document) => ({
        ...document,
        locate(field) {
          const { precision, line } = document.locate(field);
          return { file: start.file, line: start.line + line, precision };
        },
      }));
  } catch {
    return [];
  }
}

function lineNaming(text: string, message: string): number {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => {
    const value = /(?:-|path:)\s+["']?([\w./-]+\.\w+|[\w.-]*\/[\w./-]+)["']?\s*(?:#.*)?$/.exec(line)?.[1];
    return value !== undefined && message.includes(path.posix.basename(value));
  });
  return index === -1 ? 1 : index + 1;
}
