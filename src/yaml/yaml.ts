import { GateError, type GateErrorCode } from '../model/gate-error.ts';
import type { SourceDocument } from '../model/source-set.ts';
import { readFully } from './full.ts';
import { readQuickly } from './quick.ts';
import { type Chunk, splitDocuments } from './split.ts';
import { locateSpot, type Part } from './spot.ts';

/** Bounds on what one file may ask of the parser. Past any of them the file is refused, never cut. */
export const yamlLimits = {
  bytes: 5 * 1024 * 1024,
  total: 64 * 1024 * 1024,
  documents: 10_000,
  depth: 64,
  aliases: 1_000,
} as const;

export type YamlDocument = SourceDocument;

export interface YamlSource {
  /** For locations and messages. */
  readonly file: string;
  readonly text: string;
  /** What a broken file is: a manifest, configuration or policy. */
  readonly errorCode?: Extract<GateErrorCode, 'MANIFEST_INVALID' | 'CONFIG_INVALID' | 'POLICY_INVALID'>;
  /**
   * `document`: the limit on bytes applies to each document, and the number of documents is not limited; the whole is as large at most as the
   * output of a tool. For manifests, which projects commit as one file of several megabytes, and for what a tool rendered.
   */
  readonly limit?: 'file' | 'document';
}

/**
 * Reads YAML (or JSON) as Kubernetes does: YAML 1.1 less timestamps and sexagesimals, so that `hostNetwork: yes` is true.
 * Empty documents are left out. Throws GateError with line and column at the first thing that is not strict: duplicate keys,
 * unknown tags, alias bombs, depth, size. Measured against sigs.k8s.io/yaml: docs/architecture.md.
 */
export function parseYaml(source: YamlSource): readonly YamlDocument[] {
  return passagesOf(source).flatMap((passage) => passage.read());
}

/** What `parseYaml` does for a file that is not of the simplest kind; for that kind it gives the same, only slower. */
export function parseFully(source: YamlSource): readonly YamlDocument[] {
  return split(source).flatMap((chunk) => readChunk(chunk, source, 'full'));
}

/** A part of a file that is read, or refused, on its own. */
export interface YamlPassage {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  read(): readonly YamlDocument[];
}

/** Characters of a text that is tried as a whole. */
const quickWhole = 100_000;

export function passagesOf(source: YamlSource): readonly YamlPassage[] {
  refuseLonger(source.text, 1, source, source.limit === 'document' ? 'total' : 'bytes');
  // Longer text is more likely to have a document that is left to the full parser, so its documents are tried one by one.
  const quick = source.text.length > quickWhole ? undefined : readQuickly(source.text);
  if (quick !== undefined && quick.length <= yamlLimits.documents) {
    return [{ line: 1, text: source.text, read: () => quick.map((part) => quickDocument(part, 0, source.file)) }];
  }
  return split(source).map((chunk) => ({
    line: chunk.lines + 1,
    text: chunk.text,
    read: () => readChunk(chunk, source, 'any'),
  }));
}

function split(source: YamlSource): readonly Chunk[] {
  const { chunks, broken } = splitDocuments(source.text);
  if (broken !== undefined) {
    const message = `broken JSON: ${broken.message}`;
    throw new GateError(codeOf(source), {
      file: source.file,
      line: broken.line,
      message,
      expected: 'a stream of JSON values',
      next: 'Correct the file.',
    });
  }
  if (source.limit !== 'document' && chunks.length > yamlLimits.documents) {
    throw new GateError(codeOf(source), {
      file: source.file,
      message: `the file holds ${chunks.length} documents`,
      expected: `at most ${yamlLimits.documents}`,
      next: 'Split it.',
    });
  }
  for (const chunk of chunks) refuseDirective(chunk, source);
  return chunks;
}

const directive = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*(%[^\s]*)/;

/** To kubectl, what comes before `---` is a document of its own, and a directive alone is not a valid one. Other tools apply it. */
function refuseDirective({ text, lines }: Chunk, source: YamlSource): void {
  const match = text.includes('%') ? directive.exec(text) : null;
  if (match === null) return;
  throw new GateError(codeOf(source), {
    file: source.file,
    line: lines + match[0].split('\n').length,
    message: `kubectl refuses the directive ${match[1]?.slice(0, 20)}, while other tools apply it`,
    expected: 'no directive',
    next: 'Remove it.',
  });
}

function readChunk({ text, lines, json }: Chunk, source: YamlSource, how: 'any' | 'full'): readonly YamlDocument[] {
  if (json !== undefined) return json.value === null ? [] : [quickDocument(json, 0, source.file)];
  if (source.limit === 'document') refuseLonger(text, lines + 1, source, 'bytes');
  const quick = how === 'any' ? readQuickly(text) : undefined;
  if (quick !== undefined) return quick.map((part) => quickDocument(part, lines, source.file));
  return readFully({ file: source.file, text, lines, code: codeOf(source) }, yamlLimits);
}

function quickDocument({ value, spot }: Part, lines: number, file: string): YamlDocument {
  const locate: YamlDocument['locate'] = (path) => {
    const place = locateSpot(spot, path, file);
    return lines === 0 ? place : { ...place, line: place.line + lines, endLine: (place.endLine ?? place.line) + lines };
  };
  return { value, line: spot.line + lines, locate };
}

function refuseLonger(text: string, line: number, source: YamlSource, of: 'bytes' | 'total'): void {
  const most = yamlLimits[of];
  // A character takes at most three bytes for each unit of its length.
  if (text.length * 3 <= most) return;
  const size = Buffer.byteLength(text);
  if (size <= most) return;
  throw new GateError(codeOf(source), {
    file: source.file,
    ...(line > 1 && { line }),
    message: `the ${source.limit === 'document' && of === 'bytes' ? 'document' : 'file'} is ${size} bytes long`,
    expected: `at most ${most} bytes`,
    next: 'Split it, or exclude it if it is not a manifest.',
  });
}

function codeOf(source: YamlSource): GateErrorCode {
  return source.errorCode ?? 'MANIFEST_INVALID';
}
