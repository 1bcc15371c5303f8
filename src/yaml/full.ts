import { type Document, isAlias, isScalar, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import { GateError, type GateErrorCode, type GateErrorDetails } from '../model/gate-error.ts';
import type { SourceDocument } from '../model/source-set.ts';
import { locateNode } from './locate.ts';
import { withIndentedQuotes } from './quotes.ts';
import { textTags } from './resolve.ts';
import { toKubernetesValue } from './value.ts';

/** What one document may ask of the parser. */
export interface DepthLimits {
  readonly depth: number;
  readonly aliases: number;
}

/** Text of a file that is read on its own, and the lines before it. */
export interface Passage {
  readonly file: string;
  readonly text: string;
  readonly lines: number;
  readonly code: GateErrorCode;
}

/** Reads any YAML. Throws GateError with line and column at the first thing that is not strict. */
export function readFully(given: Passage, limits: DepthLimits): readonly SourceDocument[] {
  refuseLineBreaks(given);
  const { passage, places, trees } = parse(given);
  return trees.filter(hasContent).map((document) => new FullReader(passage, places, limits).read(document));
}

/**
 * Kubernetes' parser (go-yaml, YAML 1.1) ends a line, and so a comment, at these; `yaml` does not. `# x<U+2028>hostNetwork: true` would be a
 * comment here and a field there. Compared with OPA and kustomize, which read as Kubernetes does: test/security/yaml.test.ts.
 * A byte order mark that begins a line is not text for that parser, either.
 */
const otherLineBreak = /\r(?!\n)|[\u0085\u2028\u2029]|(?<![^\n])\ufeff/;

/** The tree of such a text is not the one that Kubernetes' reader sees. */
export function hasOtherLineBreaks(text: string): boolean {
  return otherLineBreak.test(text);
}

function refuseLineBreaks({ text, file, lines, code }: Passage): void {
  const at = otherLineBreak.exec(text);
  if (at === null) return;
  const name = `U+${at[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  const isMark = at[0] === '\ufeff';
  throw new GateError(code, {
    file,
    line: lines + text.slice(0, at.index).split('\n').length,
    message: isMark
      ? `the byte order mark ${name} is skipped by some tools and not by others`
      : `the character ${name} ends a line in some tools and not in others`,
    expected: isMark ? 'a byte order mark only where a document begins' : 'lines that end with LF or CR LF',
    next: 'Remove it, or write it as an escape in a quoted string.',
  });
}

/** Every document of the text as a tree, with what is wrong in it. */
export function parseTrees(text: string, places: LineCounter): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    merge: false,
    customTags: textTags,
    lineCounter: places,
    prettyErrors: false,
    uniqueKeys: true,
  });
  return 'empty' in parsed ? [] : parsed;
}

interface Parsed {
  readonly passage: Passage;
  readonly places: LineCounter;
  readonly trees: readonly Document.Parsed[];
}

function parse(passage: Passage): Parsed {
  const { text, file, code } = passage;
  const read = (text: string): Parsed => {
    const places = new LineCounter();
    return { passage: { ...passage, text }, places, trees: parseTrees(text, places) };
  };
  try {
    const found = read(text);
    const breaksOff = found.trees.some(({ errors }) =>
      errors.some(({ code }) => code === 'MISSING_CHAR' || code === 'BAD_INDENT'),
    );
    const indented = breaksOff ? withIndentedQuotes(text) : undefined;
    return indented === undefined ? found : read(indented);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new GateError(code, { file, message: `not readable as YAML: ${reason}`, cause: thrown });
  }
}

function hasContent({ errors, contents }: Document.Parsed): boolean {
  const root: unknown = contents;
  return (
    errors.length > 0 ||
    !(root === null || (isScalar(root) && root.type === 'PLAIN' && root.source === '' && root.tag === undefined))
  );
}

class FullReader {
  private readonly passage: Passage;
  private readonly places: LineCounter;
  private readonly limits: DepthLimits;

  constructor(passage: Passage, places: LineCounter, limits: DepthLimits) {
    this.passage = passage;
    this.places = places;
    this.limits = limits;
  }

  read(document: Document.Parsed): SourceDocument {
    const { file, lines } = this.passage;
    this.refuseProblems(document);
    const root: Node | null = document.contents;
    this.guardShape(document);
    const value = toKubernetesValue(root, document, this.passage.text, (node, message) =>
      this.error(node?.range?.[0] ?? 0, { message, next: 'Correct the value.' }),
    );
    const line = lines + this.places.linePos(root?.range?.[0] ?? 0).line;
    return { value, line, locate: (path) => locateNode(document, path, { file, lines, places: this.places }) };
  }

  private error(offset: number, details: GateErrorDetails): GateError {
    const { line, col } = this.places.linePos(offset);
    const { file, lines, code } = this.passage;
    return new GateError(code, { file, line: lines + line, column: col, ...details });
  }

  private refuseProblems(document: Document.Parsed): void {
    // A closing bracket at the margin of its key is a warning here, and nothing to Kubernetes' reader.
    const problem = document.errors[0] ?? document.warnings.find(({ code }) => code !== 'BAD_INDENT');
    if (problem === undefined) return;
    const [offset] = problem.pos;
    throw this.error(offset, {
      message:
        problem.code === 'DUPLICATE_KEY'
          ? `the key ${keyAt(this.passage.text, offset)} appears twice in one map`
          : `broken YAML: ${problem.message}`,
      ...(problem.code === 'DUPLICATE_KEY'
        ? { expected: 'each key once', next: 'Remove one of them: tools differ in which one they use.' }
        : { expected: 'YAML that the API server accepts', next: nextStep(problem) }),
    });
  }

  /** Depth and alias count are checked on the tree, before anything is expanded: a billion laughs never gets memory. */
  private guardShape(document: Document.Parsed): void {
    const { depth, aliases: most } = this.limits;
    let aliases = 0;
    const refuse = (node: Node, message: string, expected: string): never => {
      throw this.error(node.range?.[0] ?? 0, { message, expected, next: 'Write it out flatter.' });
    };
    visit(document, {
      Node(_key, node, path) {
        if (path.length > depth * 2) refuse(node, 'nested too deeply', `at most ${depth} levels`);
        if (isAlias(node)) {
          aliases += 1;
          if (aliases > most) refuse(node, 'too many aliases', `at most ${most}`);
        }
      },
    });
  }
}

function keyAt(text: string, offset: number): string {
  return JSON.stringify(/^[^\n:]{1,80}/.exec(text.slice(offset))?.[0].trim() ?? '');
}

/** What usually causes a problem that the parser finds: https://eemeli.org/yaml/#errors */
function nextStep({ code }: Document.Parsed['errors'][number]): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'Indent with spaces.';
    case 'BAD_INDENT':
      return 'Check the indentation, and that each bracket before this line is closed.';
    case 'MISSING_CHAR':
      return 'Check that each quote and bracket before this place is closed, and that there is a space behind each colon.';
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'Check the indentation, and that there is a colon behind each key; a value that contains `: ` needs quotes.';
    default:
      return 'Correct the file.';
  }
}
