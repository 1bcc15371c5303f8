import path from 'node:path';
import { attempt } from '../../model/attempt.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Ports } from '../../ports/ports.ts';
import { parseYaml, type YamlDocument } from '../../yaml/yaml.ts';
import { type Entry, type Imported, type Mandatory, reasonOf } from './entry.ts';

const prefix = 'ignore-check.kube-linter.io/';

/**
 * The `ignore-check.kube-linter.io/<check>` annotations of plain manifests as waivers: charts and kustomizations are not rendered
 * for this. https://docs.kubelinter.io/#/configuring-kubelinter?id=ignoring-violations-for-specific-cases
 */
export async function importKubeLinter(workspace: string, { files }: Pick<Ports, 'files'>, given: Mandatory): Promise<Imported> {
  const entries: Entry[] = [];
  const skipped: string[] = [];
  for (const { path: file, kind } of await files.walk(workspace, (folder) =>
    ['.git', 'node_modules'].includes(path.posix.basename(folder)),
  )) {
    if (kind !== 'file' || !/\.ya?ml$/i.test(file)) continue;
    const text = await files.readText(path.join(workspace, file));
    if (!text.includes('kube-linter.io/')) continue;
    const documents = attempt(() => parseYaml({ file, text }));
    if (documents === undefined) skipped.push(`${file}: not plain YAML (a template?): check it manually`);
    for (const document of documents ?? []) {
      const found = ofDocument(document, file, given);
      entries.push(...found.entries);
      skipped.push(...found.skipped);
    }
  }
  return { entries, skipped };
}

function ofDocument({ value, locate }: YamlDocument, file: string, given: Mandatory): Imported {
  const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : undefined;
  const annotations = metadata?.annotations;
  if (!isObject(value) || metadata === undefined || !isObject(annotations)) return { entries: [], skipped: [] };
  const entries: Entry[] = [];
  const skipped: string[] = [];
  for (const [key, text] of Object.entries(annotations)) {
    const where = `${file}:${locate(['metadata', 'annotations', key]).line}`;
    if (key === 'kube-linter.io/ignore-all') skipped.push(`${where}: ${key}: a waiver is for a rule, not for a whole engine`);
    if (!key.startsWith(prefix)) continue;
    const target = label(value, metadata);
    if (target === undefined) skipped.push(`${where}: ${key}: the resource has no kind or name`);
    else entries.push(entry(key.slice(prefix.length), target, text, given));
  }
  return { entries, skipped };
}

function entry(check: string, target: string, text: JsonValue, given: Mandatory): Entry {
  const reason = reasonOf(typeof text === 'string' ? text : undefined, given);
  return { rule: `kube-linter/${check}`, target, reason, owner: given.owner, expires: given.expires };
}

/** In the format of `resourceLabel`. */
function label({ kind }: JsonObject, { name, namespace }: JsonObject): string | undefined {
  if (typeof kind !== 'string' || typeof name !== 'string') return undefined;
  return `${kind} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}
