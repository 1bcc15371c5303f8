import { isArray, isObject, type JsonValue } from '../model/json.ts';
import { isCopied, isNeeded } from './kustomize-leaves.ts';
import { editedFiles, type RawSource, type Source } from './kustomize-sources.ts';

interface Lean {
  readonly sources: readonly (Source | RawSource)[];
  /** The files that differ. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Definitions have megabytes of schemas, which kustomize reads and writes again for each build. */
const worthIt = 100_000;

/**
 * The same sources with definitions of custom resources that lack their schemas. Undefined where that saves nothing, or where a field may
 * show something of a definition.
 * @param kinds Of the resources whose fields are traced.
 */
export function withoutSchemas(sources: readonly (Source | RawSource)[], kinds: ReadonlySet<string>): Lean | undefined {
  if (isCopied(sources)) return undefined;
  const cut: Source[] = [];
  const all = sources.map((source) => {
    if (!('documents' in source) || source.role !== 'resource' || source.file.text.length < worthIt) return source;
    if (source.documents.every(({ value }) => isNeeded(value, kinds))) return source;
    const documents = source.documents.map((one) =>
      isNeeded(one.value, kinds) ? one : { ...one, value: withoutSchema(one.value) },
    );
    const lean = { ...source, documents };
    cut.push(lean);
    return lean;
  });
  return cut.length === 0 ? undefined : { sources: all, texts: editedFiles(cut.map(asItIs)) };
}

/** An edit of nothing, which writes the source as its documents are. */
function asItIs(source: Source) {
  return { source, document: -1, path: [], value: undefined };
}

function withoutSchema(definition: JsonValue): JsonValue {
  if (!isObject(definition) || !isObject(definition.spec)) return definition;
  const { versions, validation: _schema, ...spec } = definition.spec;
  if (!isArray(versions)) return { ...definition, spec: { ...spec, ...(versions !== undefined && { versions }) } };
  const without = versions.map((version) => {
    if (!isObject(version)) return version;
    const { schema: _own, ...rest } = version;
    return rest;
  });
  return { ...definition, spec: { ...spec, versions: without } };
}
