import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { discover } from '../../src/discover/discover.ts';
import { type FieldPath, formatPath, valueAt } from '../../src/model/field-path.ts';
import { isArray, isObject, type JsonValue } from '../../src/model/json.ts';
import type { ManifestSet } from '../../src/model/manifest-set.ts';
import { type Resource, resourceLabel } from '../../src/model/resource.ts';
import type { ToolProvider } from '../../src/model/tool.ts';
import { type RenderedSet, render } from '../../src/render/render.ts';
import { gateConfig, ports, traceAll } from '../render/bench.ts';
import { emptyFolder } from '../support/temp-folders.ts';

/** The result for fields whose line was changed. */
export interface Asked {
  /** The field followed its line. */
  readonly followed: number;
  /** Changing the line did not change the field: `file:line` and the field. */
  readonly ignored: readonly string[];
  /** The line does not hold the value as text, or the changed repository does not build. */
  readonly unclear: readonly string[];
}

/**
 * Compares places with kustomize itself, without labels: where a scalar is reported at a line, that line is changed, and the field has
 * to be another after the next build. `every` takes each n-th field only.
 */
export async function askKustomize(workspace: string, tools: ToolProvider, every = 1): Promise<Asked> {
  const before = await traceAll(await build(workspace, tools));
  const ignored: string[] = [];
  const unclear: string[] = [];
  let followed = 0;
  let count = 0;
  for (const [at, resource] of before.resources.entries()) {
    for (const field of scalarsOf(resource.object, [])) {
      count += 1;
      if (count % every !== 0) continue;
      const place = resource.origin.locate(field);
      const said = `${resourceLabel(resource)} ${formatPath(field)} at ${place.file}:${place.line} ${place.precision}`;
      const file = path.join(workspace, place.file);
      const text = readFileSync(file, 'utf8');
      const lines = text.split('\n');
      const line = lines[place.line - 1] ?? '';
      const changed = place.precision === 'field' ? changeValue(line, valueAt(resource.object, field)) : undefined;
      if (changed === undefined) {
        unclear.push(said);
        continue;
      }
      writeFileSync(file, lines.with(place.line - 1, changed).join('\n'));
      const after = await build(workspace, tools);
      writeFileSync(file, text);
      const other = after.resources.length === before.resources.length ? partner(resource, at, after) : undefined;
      if (other === undefined) unclear.push(`${said} (no longer builds)`);
      else if (valueAt(other.object, field) === valueAt(resource.object, field)) ignored.push(said);
      else followed += 1;
    }
  }
  return { followed, ignored, unclear };
}

async function build(workspace: string, tools: ToolProvider): Promise<RenderedSet> {
  const config = gateConfig({ workspace });
  const context = { ports, tools, tempDir: emptyFolder(), signal: new AbortController().signal };
  return render(await discover(config, ports), config, context);
}

/** A renamed resource may have moved; then the one of its kind that is new. */
function partner(resource: Resource, at: number, after: ManifestSet): Resource | undefined {
  const label = resourceLabel(resource);
  const unit = (one: Resource | undefined): boolean =>
    one?.kind === resource.kind && one.apiVersion === resource.apiVersion && one.source.unit === resource.source.unit;
  const same = after.resources.find((one) => resourceLabel(one) === label && unit(one));
  if (same !== undefined) return same;
  const there = after.resources[at];
  return unit(there) ? there : undefined;
}

function changeValue(line: string, value: JsonValue | undefined): string | undefined {
  const text = String(value);
  const tag = /[:@]([\w.-]+)$/.exec(text)?.[1];
  for (const part of [text, tag]) {
    if (part === undefined || part === '') continue;
    const at = line.lastIndexOf(part, line.search(/\s#/) === -1 ? undefined : line.search(/\s#/) - 1);
    if (at === -1) continue;
    const other =
      part === 'true' ? 'false' : part === 'false' ? 'true' : /^\d+$/.test(part) ? String(Number(part) + 1) : `${part}x`;
    return line.slice(0, at) + other + line.slice(at + part.length);
  }
  return undefined;
}

function scalarsOf(value: JsonValue, at: FieldPath): readonly FieldPath[] {
  if (isArray(value)) return value.flatMap((item, index) => scalarsOf(item, [...at, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => scalarsOf(item, [...at, key]));
  const [first] = at;
  return first === 'apiVersion' || first === 'kind' ? [] : [at];
}
