// `npm run prose [paths]`: words of .prose.yaml in the given files and folders, else in those that must be clean, each as
// `file:line: word -> suggestion`. Fails if there is one.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { parse } from 'yaml';

const root = path.dirname(import.meta.dirname);
const { clean, exclude, words } = parse(readFileSync(path.join(root, '.prose.yaml'), 'utf8'));
const rules = words.map((word) => ({
  use: word.use,
  pattern: new RegExp(`(?<![\\w-])(?:${word.find.replaceAll(' ', '\\s+')})(?![\\w])`, word.case ? 'g' : 'gi'),
}));
/** Not a space: words on both sides of code are not next to each other. */
const blank = (text) => text.replaceAll(/[^\n]/g, '·');
const spaces = (text) => text.replaceAll(/[^\n]/g, ' ');
const withoutCode = (text) => text.replaceAll(/`[^`\n]*`/g, blank);

/** The text with everything that is not prose blanked out, so that places stay the same. */
function proseOf(file, text) {
  if (/\.m?[jt]s$/.test(file)) return ofCode(file, text);
  if (!file.endsWith('.md')) return withoutCode(text.replaceAll(/^ *#+/gm, spaces));
  // What is between `begin` and `end` is generated: its source is checked.
  const prose = text
    .replaceAll(/<!-- begin [^>]*-->[\s\S]*?<!-- end [^>]*-->/g, blank)
    .replaceAll(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->|\]\([^)\s]*\)/g, blank);
  return withoutCode(prose);
}

/** Comments, and strings with a space: others are names. */
function ofCode(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const kept = [];
  const keep = (from, to) => kept.push([from, to]);
  const visit = (node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(source);
    if (children.length > 0) return children.forEach(visit);
    const start = node.getStart(source);
    keep(node.getFullStart(), start);
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (isText && text.slice(start, node.end).includes(' ')) keep(start + 1, node.end - 1);
  };
  visit(source);
  let prose = '';
  for (const [from, to] of kept) prose += blank(text.slice(prose.length, from)) + text.slice(from, to);
  return withoutCode(prose.replaceAll(/^\s*(\/\*\*?|\*\/?|\/\/)|\/\/|\*\//gm, spaces));
}

/** Every word of a text that .prose.yaml lists. */
export function proseFaults(file, text) {
  const prose = proseOf(file, text);
  return rules
    .flatMap(({ pattern, use }) => [...prose.matchAll(pattern)].map(({ index, 0: word }) => ({ index, word, use })))
    .toSorted((one, other) => one.index - other.index)
    .map(({ index, word, use }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${file}:${line}: ${word.replaceAll(/\s+/g, ' ')} -> ${use}`;
    });
}

/** Files that git tracks, or would, below the paths. */
export function proseFiles(paths = clean) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...paths], {
    cwd: root,
    encoding: 'utf8',
  });
  const isBelow = (file) => exclude.some((folder) => file === folder || file.startsWith(`${folder}/`));
  return listed.split('\n').filter((file) => /\.(md|ya?ml|ts|mjs)$/.test(file) && !isBelow(file));
}

if (process.argv[1] === import.meta.filename) {
  const faults = proseFiles(process.argv.length > 2 ? process.argv.slice(2) : clean).flatMap((file) =>
    proseFaults(file, readFileSync(path.join(root, file), 'utf8')),
  );
  for (const fault of faults) console.log(fault);
  console.log(faults.length === 0 ? 'prose: nothing found' : `prose: ${faults.length} found`);
  if (faults.length > 0) process.exitCode = 1;
}
