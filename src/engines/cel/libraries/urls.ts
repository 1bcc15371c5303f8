import { EvaluationError } from '@marcbachmann/cel-js';
import type { Library } from './library.ts';

/** Parts of a URL as they are written: Go's parser, which Kubernetes uses, neither drops a default port nor normalizes a path. */
export class Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  constructor(scheme: string, host: string, path: string) {
    this.scheme = scheme;
    this.host = host;
    this.path = path;
  }
}

/**
 * Accepts what url.ParseRequestURI accepts (an absolute URL or an absolute path) and reads it as url.Parse, like Kubernetes' library.
 * https://github.com/kubernetes/apiserver/blob/master/pkg/cel/library/urls.go
 */
export function parseUrl(text: string): Url | undefined {
  if (hasControl(text) || /^[^?]*%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?([\s\S]*)$/.exec(text) ?? [];
  if (!rest.startsWith('/')) return scheme !== '' && rest !== '' ? new Url(scheme.toLowerCase(), '', '') : undefined;
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const [, authority = '', path = ''] = (hasAuthority ? /^\/\/([^/?#]*)([^?#]*)/ : /^()([^?#]*)/).exec(rest) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/^(?:\[[0-9a-fA-F:.%]+\]|[^\s[\]<>"\\^`{|}:]*)(?::\d*)?$/.test(host)) return undefined;
  return new Url(scheme.toLowerCase(), host, escapedPath(path));
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

export const urlLibrary: Library = {
  types: { URL: { ctor: Url, fields: {} } },
  functions: {
    'url(string): URL': url,
    'isURL(string): bool': (text: string) => parseUrl(text) !== undefined,
    'URL.getScheme(): string': ({ scheme }: Url) => scheme,
    'URL.getHost(): string': ({ host }: Url) => host,
    'URL.getHostname(): string': ({ host }: Url) => host.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''),
    'URL.getPort(): string': ({ host }: Url) => /:(\d*)$/.exec(host)?.[1] ?? '',
    'URL.getEscapedPath(): string': ({ path }: Url) => path,
  },
};
