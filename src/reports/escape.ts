/** Escaping for formats that are not Markdown. */
import { oneLine, reveal } from './text.ts';

/** The message of a workflow command. Same rules as `escapeData` of @actions/core (packages/core/src/command.ts). */
export function commandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command. Same rules as `escapeProperty` of @actions/core. */
export function commandProperty(text: string): string {
  return commandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * One line for a terminal, that may be the log of a job: the runner obeys `::command::` where a line starts with it (and wrapping makes
 * any word a start) and `##[command]` anywhere. https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function terminalLine(text: string): string {
  return oneLine(text)
    .replace(/(?<!\S)::/g, ': :')
    .replaceAll('##[', '## [');
}

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * Text or attribute value of XML 1.0. What XML can't hold even escaped (https://www.w3.org/TR/xml/#charsets) is among what `reveal`
 * writes out.
 */
export function xml(text: string): string {
  return reveal(text).replace(/[&<>"'\n\t]/g, (character) => xmlEntities[character] ?? character);
}

/**
 * A path as a relative URI reference (RFC 3986), or undefined where it is no path below the repository: empty, absolute or with
 * `..`, which no reader of a report can resolve safely.
 */
export function relativeUri(path: string): string | undefined {
  if (!isRelativePath(path)) return undefined;
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .map((step) => encodeURIComponent(step.replace(/[\ud800-\udfff]/gu, '\ufffd')))
    .join('/');
}

/** A path of the workspace as one of the repository. */
export function fromRoot(path: string, prefix: string | undefined): string {
  return prefix === undefined || prefix === '' || !isRelativePath(path) ? path : `${prefix}/${path}`;
}

export function isRelativePath(path: string): boolean {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  return !path.startsWith('/') && steps.length > 0 && !steps.includes('..');
}

/** A URL that may be a link: https, well-formed, without credentials, and with nothing left in it that a format could stumble on. */
export function httpsUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
}

/** The address of such a URL, with quotes, brackets and the like percent-encoded. */
export function urlText(url: URL): string {
  return url.href.replace(/[^\w\-.~:/?#@!$&+,;=%]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
