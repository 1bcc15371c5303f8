import { EvaluationError } from '@marcbachmann/cel-js';
import { mapFrom } from '../semantics/maps.ts';
import { Opaque } from '../semantics/values.ts';
import type { Library } from './library.ts';

/** Parts of a URL as they are written: Go's parser, which Kubernetes uses, neither drops a default port nor normalizes a path. */
export class Url extends Opaque {
  readonly celType = 'kubernetes.URL';
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  constructor(scheme: string, host: string, path: string, query: string) {
    super();
    this.query = query;
    this.scheme = scheme;
    this.host = host;
    this.path = path;
  }
  isEqual(other: unknown): boolean {
    if (!(other instanceof Url)) return false;
    return (['scheme', 'host', 'path', 'query'] as const).every((part) => other[part] === this[part]);
  }
}

/**
 * Accepts what url.ParseRequestURI accepts (an absolute URL or an absolute path) and reads it as url.Parse, like Kubernetes' library.
 * https://github.com/kubernetes/apiserver/blob/master/pkg/cel/library/urls.go
 */
export function parseUrl(text: string): Url | undefined {
  if (hasControl(text) || /^[^?]*%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?([\s\S]*)$/.exec(text) ?? [];
  if (!rest.startsWith('/')) return scheme !== '' && rest !== '' ? new Url(scheme.toLowerCase(), '', '', '') : undefined;
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const [, authority = '', path = '', query = ''] =
    (hasAuthority ? /^\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/ : /^()([^?#]*)(?:\?([^#]*))?/).exec(rest) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/^(?:\[[0-9a-fA-F:.%]+\]|[^\s[\]<>"\\^`{|}:]*)(?::\d*)?$/.test(host)) return undefined;
  return new Url(scheme.toLowerCase(), host, escapedPath(path), query);
}

/** The path as it is written if all of its characters are allowed; otherwise escaped again. */
function escapedPath(path: string): string {
  if (/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]]|%[0-9a-fA-F]{2})*$/.test(path)) return path;
  const plain = path.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
  return plain.replaceAll(/[^A-Za-z0-9\-._~$&+,/:;=@]/gu, (character) => {
    const bytes = new TextEncoder().encode(character);
    return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}

function url(text: string): Url {
  const parsed = parseUrl(text);
  if (parsed === undefined) throw new EvaluationError(`${JSON.stringify(text)} is not a URL`);
  return parsed;
}

/** Go's url.ParseQuery: what it cannot read is left out. */
function queryOf(query: string): object {
  const found = new Map<string, string[]>();
  for (const part of query.split('&')) {
    const [key = '', ...rest] = part.split('=');
    if (part === '' || part.includes(';') || /%(?![0-9a-fA-F]{2})/.test(part)) continue;
    const name = unescaped(key);
    found.set(name, [...(found.get(name) ?? []), unescaped(rest.join('='))]);
  }
  return mapFrom([...found]);
}

function unescaped(text: string): string {
  const bytes = Buffer.from(text.replaceAll('+', ' ').replaceAll(/%([0-9a-fA-F]{2})/g, (_found, hex: string) => `\u0000${hex}`));
  if (!bytes.includes(0)) return bytes.toString();
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    out.push(byte === 0 ? Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16) : byte);
    if (byte === 0) at += 2;
  }
  return Buffer.from(out).toString();
}

export const urlLibrary: Library = {
  string_to_url: url,
  is_url_string: (text: string) => parseUrl(text) !== undefined,
  url_get_scheme: ({ scheme }: Url) => scheme,
  url_get_host: ({ host }: Url) => host,
  url_get_hostname: ({ host }: Url) => host.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''),
  url_get_port: ({ host }: Url) => /:(\d*)$/.exec(host)?.[1] ?? '',
  url_get_escaped_path: ({ path }: Url) => path,
  url_get_query: ({ query }: Url) => queryOf(query),
};
