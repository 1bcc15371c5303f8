import { type Environment, EvaluationError } from '@marcbachmann/cel-js';

/** Parts of a URL as they are written: Go's parser, which Kubernetes uses, drops no default port and mends no path. */
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
 * What url.ParseRequestURI takes (an absolute URL or an absolute path), read as url.Parse does: as Kubernetes' library.
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

/** As it stands where every character may; otherwise escaped anew. */
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

function required(text: string): Url {
  const url = parseUrl(text);
  if (url === undefined) throw new EvaluationError(`${JSON.stringify(text)} is no URL`);
  return url;
}

export function registerUrls(environment: Environment): void {
  environment.registerType('URL', { ctor: Url, fields: {} });
  environment.registerFunction('url(string): URL', required);
  environment.registerFunction('isURL(string): bool', (text: string) => parseUrl(text) !== undefined);
  environment.registerFunction('URL.getScheme(): string', (value: Url) => value.scheme);
  environment.registerFunction('URL.getHost(): string', (value: Url) => value.host);
  environment.registerFunction('URL.getHostname(): string', (value: Url) =>
    value.host.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''),
  );
  environment.registerFunction('URL.getPort(): string', (value: Url) => /:(\d*)$/.exec(value.host)?.[1] ?? '');
  environment.registerFunction('URL.getEscapedPath(): string', (value: Url) => value.path);
}
