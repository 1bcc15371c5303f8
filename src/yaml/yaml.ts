import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import type { FieldPath } from '../model/field-path.ts';
import { GateError, type GateErrorCode } from '../model/gate-error.ts';
import type { SourceLocation } from '../model/location.ts';
import type { SourceDocument } from '../model/source-set.ts';
import { readQuickly } from './quick.ts';
import { locateSpot } from './spot.ts';
import { kubernetesTags } from './tags.ts';
import { isMergeKey, keyOf, toKubernetesValue } from './value.ts';

/** Bounds on what one file may ask of the parser. Past any of them the file is refused, never cut. */
export const yamlLimits = { bytes: 5 * 1024 * 1024, documents: 10_000, depth: 64, aliases: 1_000 } as const;

export type YamlDocument = SourceDocument;

export interface YamlSource {
  /** For locations and messages. */
  readonly file: string;
  readonly text: string;
  /** What a broken file is: a manifest, configuration or policy. */
  readonly errorCode?: Extract<GateErrorCode, 'MANIFEST_INVALID' | 'CONFIG_INVALID' | 'POLICY_INVALID'>;
}

/**
 * Reads YAML (or JSON) as Kubernetes does: YAML 1.1 less timestamps and sexagesimals, so that `hostNetwork: yes` is true.
 * Empty documents are left out. Throws GateError with line and column at the first thing that is not strict: duplicate keys,
 * unknown tags, alias bombs, depth, size. Measured against sigs.k8s.io/yaml: docs/architecture.md.
 */
export function parseYaml(source: YamlSource): readonly YamlDocument[] {
  const code = source.errorCode ?? 'MANIFEST_INVALID';
  const size = Buffer.byteLength(source.text);
  if (size > yamlLimits.bytes) {
    throw new GateError(code, {
      file: source.file,
      message: `the file is ${size} bytes long`,
      expected: `at most ${yamlLimits.bytes} bytes`,
      next: 'Split it, or exclude it if it is no manifest.',
    });
  }
  const quick = readQuickly(source.text);
  if (quick !== undefined && quick.length <= yamlLimits.documents)
    return quick.map(({ value, spot }) => ({ value, line: spot.line, locate: (path) => locateSpot(spot, path, source.file) }));
  return parseFully(source, code);
}

/** What `parseYaml` does for a file that is not of the simplest kind; for that kind it gives the same, only slower. */
export function parseFully(source: YamlSource, code: GateErrorCode): readonly YamlDocument[] {
  refuseLineBreaks(source, code);
  const lines = new LineCounter();
  const documents = parse(source, lines, code);
  if (documents.length > yamlLimits.documents) {
    throw new GateError(code, {
      file: source.file,
      message: `the file holds ${documents.length} documents`,
      expected: `at most ${yamlLimits.documents}`,
      next: 'Split it.',
    });
  }
  return documents.filter(hasContent).map((document) => readDocument(document, source, lines, code));
}

/**
 * Kubernetes' parser (go-yaml, YAML 1.1) ends a line, and so a comment, at these; `yaml` does not. `# x<U+2028>hostNetwork: true` would be a
 * comment here and a field there. Held against OPA and kustomize, which read as Kubernetes does: test/security/yaml.test.ts.
 */
const otherLineBreak = /\r(?!\n)|[\u0085\u2028\u2029]/;

function refuseLineBreaks({ text, file }: YamlSource, code: GateErrorCode): void {
  const at = otherLineBreak.exec(text);
  if (at === null) return;
  const name = `U+${at[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  throw new GateError(code, {
    file,
    line: text.slice(0, at.index).split('\n').length,
    message: `the character ${name} ends a line in some tools and not in others`,
    expected: 'lines that end with LF or CR LF',
    next: 'Remove it, or write it as an escape in a quoted string.',
  });
}

function parse(source: YamlSource, lines: LineCounter, code: GateErrorCode): readonly Document.Parsed[] {
  try {
    const parsed = parseAllDocuments(source.text, {
      version: '1.1',
      intAsBigInt: true,
      customTags: kubernetesTags,
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
    });
    return 'empty' in parsed ? [] : parsed;
  } catch (thrown) {
    throw new GateError(code, {
      file: source.file,
      message: `not readable as YAML: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      cause: thrown,
    });
  }
}

function hasContent(document: Document.Parsed): boolean {
  if (document.errors.length > 0) return true;
  const contents: unknown = document.contents;
  return contents !== null && !(isScalar(contents) && contents.value === null);
}

function readDocument(document: Document.Parsed, source: YamlSource, lines: LineCounter, code: GateErrorCode): YamlDocument {
  const version = document.directives?.yaml;
  if (version?.explicit === true && version.version !== '1.1') {
    const message = `the directive %YAML ${version.version} changes what the file means from tool to tool`;
    throw new GateError(code, { file: source.file, line: 1, message, expected: 'no %YAML directive', next: 'Remove it.' });
  }
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const message =
      problem.code === 'DUPLICATE_KEY'
        ? `the key ${keyAt(source.text, problem.pos[0])} stands twice in one map`
        : `broken YAML: ${problem.message}`;
    throw new GateError(code, {
      file: source.file,
      line,
      column: col,
      message,
      expected: 'what a strict YAML parser and the API server both accept',
      next: 'Mend the file; a duplicate or unclear key reads differently in different tools.',
    });
  }
  const root: Node | null = document.contents;
  guardShape(document, source, lines, code);
  const value = toKubernetesValue(root, document, (node, message) => {
    const offset = node?.range?.[0] ?? 0;
    const { line, col } = lines.linePos(offset);
    return new GateError(code, { file: source.file, line, column: col, message, next: 'Mend the value.' });
  });
  const start = lines.linePos(root?.range?.[0] ?? 0).line;
  return { value, line: start, locate: (path) => locate(document, path, source.file, lines) };
}

/** Depth and alias count are checked on the tree, before anything is expanded: a billion laughs never gets memory. */
function guardShape(document: Document.Parsed, source: YamlSource, lines: LineCounter, code: GateErrorCode): void {
  let aliases = 0;
  const refuse = (node: Node, message: string, expected: string): never => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    throw new GateError(code, { file: source.file, line, column: col, message, expected, next: 'Write it out flatter.' });
  };
  visit(document, {
    Node(_key, node, path) {
      if (path.length > yamlLimits.depth * 2) refuse(node, 'nested too deeply', `at most ${yamlLimits.depth} levels`);
      if (isAlias(node)) {
        aliases += 1;
        if (aliases > yamlLimits.aliases) refuse(node, 'too many aliases', `at most ${yamlLimits.aliases}`);
      }
    },
  });
}

function locate(document: Document.Parsed, path: FieldPath, file: string, lines: LineCounter): SourceLocation {
  let node: Node | null = document.contents;
  let mark: Node | null = node;
  let precision: SourceLocation['precision'] = 'field';
  for (const step of path) {
    const found = child(resolve(node, document), step, document);
    if (found === undefined) {
      precision = 'parent';
      break;
    }
    mark = found.mark;
    node = found.value;
  }
  const start = lines.linePos(mark?.range?.[0] ?? 0);
  const end = lines.linePos(Math.max((node ?? mark)?.range?.[1] ?? 0, mark?.range?.[0] ?? 0));
  return {
    file,
    line: start.line,
    column: start.col,
    endLine: Math.max(start.line, end.col === 1 ? end.line - 1 : end.line),
    precision,
  };
}

function resolve(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

interface Child {
  readonly mark: Node;
  readonly value: Node | null;
}

/** A key of a map (own, or through `<<`) or an item of a list; the mark is what a reader should be pointed at. */
function child(node: Node | null, step: string | number, document: Document.Parsed): Child | undefined {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return isNode(item) ? { mark: item, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    if (isScalar(pair.key) && keyOf(pair.key) === String(step))
      return { mark: pair.key, value: isNode(pair.value) ? pair.value : null };
  }
  for (const pair of node.items) {
    if (!isScalar(pair.key) || !isMergeKey(pair.key) || !isNode(pair.value)) continue;
    const merged = resolve(pair.value, document);
    const sources: readonly unknown[] = isSeq(merged) ? merged.items : [merged];
    for (const part of sources) {
      const found = isNode(part) ? child(resolve(part, document), step, document) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function keyAt(text: string, offset: number): string {
  return JSON.stringify(/^[^\n:]{1,80}/.exec(text.slice(offset))?.[0].trim() ?? '');
}
