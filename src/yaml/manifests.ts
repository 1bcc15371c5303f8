import { GateError } from '../model/gate-error.ts';
import { isObject, type JsonValue } from '../model/json.ts';
import { mayHoldObject, mightBeObject, whyForeign } from './foreign.ts';
import { readObjects } from './objects.ts';
import { passagesOf, type YamlDocument, type YamlPassage, type YamlSource } from './yaml.ts';

/** A document without an object that the API server would accept. */
export interface SkippedDocument {
  readonly line: number;
  readonly reason: string;
}

export interface ManifestsRead {
  /** The documents that hold objects, or what is meant as one; empty where the file is not a manifest. */
  readonly documents: readonly YamlDocument[];
  /** The others, but for empty ones. */
  readonly skipped: readonly SkippedDocument[];
}

const notManifest = 'not a Kubernetes manifest';

/**
 * Sorts the documents of a file. Each is judged on its own: next to a manifest there may be a kind configuration or templated text, and neither
 * hides the other. Throws GateError at what can't be read and might be a manifest.
 */
export function readManifests(source: Pick<YamlSource, 'file' | 'text'>): ManifestsRead {
  return readEach(source, (_text, thrown) => {
    throw thrown;
  });
}

/** Like `readManifests`, with what can't be read handed to `onBroken`: kubectl applies the documents around it anyway. */
export function readEach(
  source: Pick<YamlSource, 'file' | 'text'>,
  onBroken: (text: string, thrown: unknown) => void,
): ManifestsRead {
  const { text } = source;
  if (!mayHoldObject(text)) return { documents: [], skipped: /\S/.test(text) ? [{ line: 1, reason: notManifest }] : [] };
  const documents: YamlDocument[] = [];
  const skipped: SkippedDocument[] = [];
  for (const passage of passages(source, skipped, onBroken)) {
    for (const document of readPassage(passage, skipped, onBroken)) {
      const reason = reasonToSkip(document.value);
      if (reason === undefined) documents.push(document);
      else skipped.push({ line: document.line, reason });
    }
  }
  return { documents, skipped };
}

type OnBroken = Parameters<typeof readEach>[1];

function passages(source: YamlSource, skipped: SkippedDocument[], onBroken: OnBroken): readonly YamlPassage[] {
  try {
    return passagesOf({ ...source, limit: 'document' });
  } catch (thrown) {
    if (!(thrown instanceof GateError) || mightBeObject(source.text)) onBroken(source.text, thrown);
    else skipped.push({ line: 1, reason: `${notManifest}: ${thrown.details.message}` });
    return [];
  }
}

function readPassage(passage: YamlPassage, skipped: SkippedDocument[], onBroken: OnBroken): readonly YamlDocument[] {
  try {
    return passage.read();
  } catch (thrown) {
    const reason = thrown instanceof GateError ? whyForeign(passage.text) : undefined;
    if (reason === undefined) onBroken(passage.text, thrown);
    else skipped.push({ line: passage.line, reason });
    return [];
  }
}

/** Why a document without one object is skipped. */
function reasonToSkip(value: JsonValue): string | undefined {
  if (isDeletion(value)) return 'a kustomize patch that deletes an object';
  const readings = readObjects(value);
  const reasons = readings.flatMap((reading) =>
    reading.is === 'foreign' ? [reading.reason] : reading.is === 'none' ? [notManifest] : [],
  );
  return readings.length > 0 && reasons.length === readings.length ? reasons[0] : undefined;
}

/**
 * `$patch: delete` with nothing but an identity. With anything else it stays an object: Helm, and kubectl with `--validate=false`, ignore
 * the field `$patch` and create what is next to it.
 */
function isDeletion(value: JsonValue): boolean {
  if (!isObject(value) || value.$patch !== 'delete' || !isObject(value.metadata)) return false;
  const isOnly = (keys: readonly string[], known: readonly string[]) => keys.every((key) => known.includes(key));
  return (
    isOnly(Object.keys(value), ['apiVersion', 'kind', 'metadata', '$patch']) &&
    isOnly(Object.keys(value.metadata), ['name', 'namespace'])
  );
}
