/**
 * Libraries of Kyverno's CEL that read the cluster or the network, and variables of the admission request. Kyverno takes both `resource.Get`
 * and `resource.get` (1.19), and a value may be called by `resource . get` or through a list, so any use of the name counts.
 */
const libraries = new Set(['resource', 'http', 'globalcontext', 'authorizer']);

/** Functions that fetch an image or its signatures, whatever they are called on: libraries `image` and `imageverify`. */
const functions = new Set([
  'getmetadata',
  'getimagedata',
  'verifyimagesignatures',
  'verifyattestationsignatures',
  'extractpayload',
]);

/** What the libraries offer: where a macro binds their name, only such a call is one of theirs. */
const methods = new Set(['get', 'list', 'post', 'client', 'getdata', 'check', 'allowed', 'group', 'path', 'serviceaccount']);

interface Token {
  readonly kind: 'name' | 'text' | 'sign';
  readonly text: string;
}

/** Strings with their prefixes (`r'…'`, `b"…"`, `'''…'''`), comments, escaped fields (`a.\`b-c\``), names, and everything else by character. */
const tokenPattern =
  /(?<blank>\s+|\/\/[^\n]*)|(?<raw>[bB]?[rR][bB]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'))|(?<text>[bB]?(?:"""(?:\\[\s\S]|(?!""")[^\\])*"""|'''(?:\\[\s\S]|(?!''')[^\\])*'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<escaped>`[^`]*`)|(?<number>\d[\w.]*)|(?<name>[A-Za-z_]\w*)|(?<sign>[\s\S])/g;

function tokensOf(expression: string): readonly Token[] {
  return [...expression.matchAll(tokenPattern)].flatMap(({ groups, 0: text }): readonly Token[] => {
    if (groups?.blank !== undefined) return [];
    if (groups?.name !== undefined) return [{ kind: 'name', text }];
    return [{ kind: groups?.sign === undefined ? 'text' : 'sign', text }];
  });
}

/** The first use of the cluster, the network or the admission request in an expression, as it is spelled there: `resource.Get`. */
export function outsideOf(expression: string): string | undefined {
  const tokens = tokensOf(expression);
  const bound = new Set(tokens.flatMap((token, index) => (isBoundByMacro(tokens, index) ? [token.text] : [])));
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'name') continue;
    const next = tokens[index + 1]?.text;
    if (next === '(' && functions.has(token.text.toLowerCase())) return spelled(tokens, index);
    if (isMember(tokens, index) || isKey(tokens, index)) continue;
    const method = next === '.' ? tokens[index + 2] : undefined;
    if (token.text === 'request' && asksWho(tokens, index)) return 'request.userInfo';
    if (!libraries.has(token.text.toLowerCase())) continue;
    const isCall = method !== undefined && tokens[index + 3]?.text === '(' && methods.has(method.text.toLowerCase());
    if (bound.has(token.text) && !isCall) continue;
    return method?.kind === 'name' && tokens[index + 3]?.text === '(' && token.text !== 'authorizer'
      ? `${token.text}.${method.text}`
      : token.text;
  }
  return undefined;
}

/** `a.resource` and `a.?resource` are fields; `.resource` at the start of an operand is the variable. */
function isMember(tokens: readonly Token[], index: number): boolean {
  const dot = tokens[index - 1]?.text === '?' ? index - 2 : index - 1;
  if (tokens[dot]?.text !== '.') return false;
  const before = tokens[dot - 1];
  return before !== undefined && before.text !== 'in' && (before.kind !== 'sign' || /^[)\]}]$/.test(before.text));
}

/** `Object.spec{http: x}`: the name of a field. */
function isKey(tokens: readonly Token[], index: number): boolean {
  return tokens[index + 1]?.text === ':' && /^[{,]$/.test(tokens[index - 1]?.text ?? '');
}

/** `list.all(resource, …)`, `map.exists(key, resource, …)`. */
function isBoundByMacro(tokens: readonly Token[], index: number): boolean {
  const macro = (open: number) =>
    tokens[open]?.text === '(' &&
    /^(?:all|exists|exists_one|existsOne|filter|map|transformList|transformMap|transformMapEntry|bind)$/.test(
      tokens[open - 1]?.text ?? '',
    );
  if (tokens[index]?.kind !== 'name' || tokens[index + 1]?.text !== ',') return false;
  return macro(index - 1) || (tokens[index - 1]?.text === ',' && macro(index - 3));
}

/** `request.userInfo`, `request.?userInfo`, `request['userInfo']`, and a use of the whole request that hides which field is read. */
function asksWho(tokens: readonly Token[], index: number): boolean {
  const [next, ...rest] = tokens.slice(index + 1, index + 4);
  if (next?.text !== '.' && next?.text !== '[') return true;
  const field = rest[0]?.text === '?' ? rest[1] : rest[0];
  if (next.text === '.') return field?.text.replaceAll('`', '') === 'userInfo';
  return field?.kind !== 'text' || /userInfo/.test(field.text) || field.text.includes('\\');
}

function spelled(tokens: readonly Token[], index: number): string {
  const owner = tokens[index - 1]?.text === '.' ? tokens[index - 2] : undefined;
  const name = tokens[index]?.text ?? '';
  return owner?.kind === 'name' ? `${owner.text}.${name}` : name;
}
