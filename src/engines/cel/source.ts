/**
 * What is changed in an expression before cel-js parses it, because the library's own version lets something pass that
 * Kubernetes refuses: `has` and `.?` on a list or string (an error there, "absent" here) and `matches` on JavaScript's
 * regular expressions (RE2 there). Text inside literals and comments stays as it is.
 */
const token = new RegExp(
  [
    /(?<raw>(?:[bB][rR]|[rR][bB]?)(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'))/,
    /(?<text>[bB]?(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))/,
    /(?<comment>\/\/[^\n]*)/,
    /(?<has>(?<![\w.])has(?=\s*\())/,
    /(?<matches>(?<!\w)matches(?=\s*\())/,
    /\.\s*\?\s*(?<optional>[A-Za-z_]\w*)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

export function rewrite(expression: string): string {
  return expression.replaceAll(token, (found: string, ...rest: unknown[]) => {
    const groups = rest.at(-1);
    if (typeof groups !== 'object' || groups === null) return found;
    if ('has' in groups && groups.has !== undefined) return 'k8sHas';
    if ('matches' in groups && groups.matches !== undefined) return 'k8sMatches';
    if ('optional' in groups && typeof groups.optional === 'string') return `.k8sOptional("${groups.optional}")`;
    return found;
  });
}

/** The expression with its literals emptied and comments gone: for looking at what it names. */
export function withoutLiterals(expression: string): string {
  return expression.replaceAll(token, (found: string) =>
    found.startsWith('//') ? '' : /["']/.test(found) && !found.startsWith('.') ? '""' : found,
  );
}

/** What only a cluster or an admission request can answer; undefined where nothing of it is named. */
export function clusterNeed(expression: string): string | undefined {
  const found = /(?<![.\w])(?:authorizer\b|request\s*\.\s*\??(?:userInfo|options|uid)\b)/.exec(withoutLiterals(expression))?.[0];
  return found === undefined ? undefined : `${found.replaceAll(/\s/g, '')} is known only to a cluster`;
}

/** Names of the composed variables that an expression reads. */
export function variablesIn(expression: string): readonly string[] {
  return [...withoutLiterals(expression).matchAll(/(?<![.\w])variables\s*\.\s*\??([A-Za-z_]\w*)/g)].map(
    (match) => match[1] ?? '',
  );
}
