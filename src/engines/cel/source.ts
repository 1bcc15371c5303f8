import { remembered } from './remembered.ts';

/**
 * What is changed in an expression before cel-js parses it, because the library's own version lets something pass that
 * Kubernetes refuses: `has`, `.?x` and `[?x]` on a list ("absent" to the library), `int('')` (0 to it), `matches` on JavaScript's regular
 * expressions (RE2 there), and strings counted in UTF-16 (see text.ts). On a text, number or bool, `has` and `.?x` are "absent" to cel-go
 * too; here they are an error, which is stricter: see registerSelection. Text inside literals and comments stays as it is.
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

/** `indexOf` -> `k8sIndexOf`, under which functions of ours are registered; an existing one can't be replaced in cel-js. */
function ownName(name: string): string {
  return `k8s${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** A reason of cel-js with the names that the author of the expression knows. */
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

/** The expression with its literals emptied and comments gone: for looking at what it names. */
export function withoutLiterals(expression: string): string {
  return expression.replaceAll(token, (found: string) => (found.startsWith('//') ? '' : /["']$/.test(found) ? '""' : found));
}

/** What only a cluster or an admission request can answer; undefined where nothing of it is named. */
export function clusterNeed(expression: string): string | undefined {
  if (!/authorizer|request/.test(expression)) return undefined;
  const found = /(?<![.\w])(?:authorizer\b|request\s*\.\s*\??(?:userInfo|options|uid)\b)/.exec(withoutLiterals(expression))?.[0];
  return found === undefined ? undefined : `${found.replaceAll(/\s/g, '')} is known only to a cluster`;
}

/** Names of the composed variables that an expression reads. */
export const variablesIn = remembered((expression): readonly string[] => {
  if (!expression.includes('variables')) return [];
  return [...withoutLiterals(expression).matchAll(/(?<![.\w])variables\s*\.\s*\??([A-Za-z_]\w*)/g)].map(
    (match) => match[1] ?? '',
  );
});

/** Does it read the composed variables only by names that variablesIn gives? `variables["x"]` and `cel.bind(v, variables, …)` do not. */
export function readsByName(expression: string): boolean {
  return [...withoutLiterals(expression).matchAll(/\bvariables\b/g)].length === variablesIn(expression).length;
}
