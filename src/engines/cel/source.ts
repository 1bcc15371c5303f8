import { memoize } from './memoize.ts';

/**
 * The tokens that are replaced before cel-js parses an expression, because the library accepts what Kubernetes rejects: `has`, `.?x` and
 * `[?x]` on a list are absent, `int('')` is 0, `matches` uses JavaScript's regular expressions instead of RE2, and strings are counted in
 * UTF-16 (see libraries/). Literals and comments are matched to be left as they are.
 */
const token = new RegExp(
  [
    /(?<raw>(?:[bB][rR]|[rR][bB]?)(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'))/,
    /(?<text>[bB]?(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))/,
    /(?<comment>\/\/[^\n]*)/,
    /(?<word>(?<![\w.])(?:has|int|double|string|matches)(?=\s*\())/,
    /(?<method>(?<=\.\s*)(?:matches|lowerAscii|upperAscii|indexOf|lastIndexOf|substring|split)(?=\s*\())/,
    /\.\s*\?\s*(?<optional>[A-Za-z_]\w*)/,
    /(?<index>(?<=[\w)\]"']\s*)\[\s*\?)/,
    /(?<open>\[)/,
    /(?<close>\])/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

/** `indexOf` -> `k8sIndexOf`, the name of our own function: cel-js cannot replace an existing one. */
function ownName(name: string): string {
  return `k8s${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** An error message of cel-js with the names that the author of the expression used. */
export function withKnownNames(text: string): string {
  return text.replaceAll(/\bk8s([A-Z])(?=\w)/g, (_found, letter: string) => letter.toLowerCase());
}

export function rewrite(expression: string): string {
  const closing: string[] = [];
  let text = '';
  let end = 0;
  for (const match of expression.matchAll(token)) {
    text += expression.slice(end, match.index) + rewritten(match[0], match.groups ?? {}, closing);
    end = match.index + match[0].length;
  }
  return text + expression.slice(end);
}

function rewritten(found: string, groups: Readonly<Partial<Record<string, string>>>, closing: string[]): string {
  if (groups.optional !== undefined) return `.k8sOptional("${groups.optional}")`;
  if (groups.close !== undefined) return closing.pop() ?? found;
  if (groups.index !== undefined) closing.push(')');
  if (groups.open !== undefined) closing.push(']');
  if (groups.index !== undefined) return '.k8sAt(';
  return groups.word === undefined && groups.method === undefined ? found : ownName(found);
}

/** The expression with empty literals and without comments, to search it for names. */
export function withoutLiterals(expression: string): string {
  return expression.replaceAll(token, (found: string) => (found.startsWith('//') ? '' : /["']$/.test(found) ? '""' : found));
}

/** Why the expression needs a cluster or a real admission request; undefined if it does not. */
export function clusterNeed(expression: string): string | undefined {
  if (!/authorizer|request/.test(expression)) return undefined;
  const found = /(?<![.\w])(?:authorizer\b|request\s*\.\s*\??(?:userInfo|options|uid)\b)/.exec(withoutLiterals(expression))?.[0];
  return found === undefined ? undefined : `${found.replaceAll(/\s/g, '')} is known only to a cluster`;
}

/** Names of the composed variables that an expression reads (`variables.x`). */
export const variablesIn = memoize((expression): readonly string[] => {
  if (!expression.includes('variables')) return [];
  return [...withoutLiterals(expression).matchAll(/(?<![.\w])variables\s*\.\s*\??([A-Za-z_]\w*)/g)].map(
    (match) => match[1] ?? '',
  );
});

/** Whether variablesIn finds every variable that is read: not in `variables["x"]` and `cel.bind(v, variables, …)`. */
export function readsByName(expression: string): boolean {
  return [...withoutLiterals(expression).matchAll(/\bvariables\b/g)].length === variablesIn(expression).length;
}
