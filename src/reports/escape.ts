/** Escaping for formats that are not Markdown. */
import { oneLine, reveal } from './text.ts';

/** Where the runner's and Azure's agent find a command. */
const loggingCommand = /##(?=(?:vso)?\[)/gi;

/** The message of a workflow command. Same rules as `escapeData` of @actions/core (packages/core/src/command.ts). */
export function commandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command. Same rules as `escapeProperty` of @actions/core. */
export function commandProperty(text: string): string {
  return commandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * One line for a terminal, which may be the log of a job: the runner executes `::command::` at the start of a line (wrapping can put any
 * word there) and `##[command]` anywhere. https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 * The agent of Azure Pipelines executes `##vso[command]` anywhere.
 */
export function terminalLine(text: string): string {
  return oneLine(text)
    .replace(/(?<!\S)::/g, ': :')
    .replace(loggingCommand, '## ');
}

/** As `terminalLine`, for a line of a manifest: white space is kept. */
export function terminalCode(line: string): string {
  return reveal(line.replaceAll('\n', ' '))
    .replace(/(?<!\S)::/g, ': :')
    .replace(loggingCommand, '## ');
}

/**
 * The message of a logging command of Azure Pipelines. Same rules as the task library (azure-pipelines-task-lib, taskcommand.ts); `##vso[` in it is
 * broken as well, for readers that are not the agent.
 */
export function azureData(text: string): string {
  return reveal(text).replace(loggingCommand, '## ').replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a logging command. */
export function azureProperty(text: string): string {
  return azureData(text).replaceAll(']', '%5D').replaceAll(';', '%3B');
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
 * A text or attribute value of XML 1.0. Characters that XML cannot contain even escaped (https://www.w3.org/TR/xml/#charsets) are among
 * those that `reveal` writes out.
 */
export function xml(text: string): string {
  return reveal(text).replace(/[&<>"'\n\t]/g, (character) => xmlEntities[character] ?? character);
}

/**
 * A path as a relative URI reference (RFC 3986), or undefined if it is not below the repository: empty, absolute or with `..`, which
 * consumers of a report cannot resolve safely.
 */
export function relativeUri(path: string): string | undefined {
  if (!isRelativePath(path)) return undefined;
  return path
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .map((step) => encodeURIComponent(step.replace(/[\ud800-\udfff]/gu, '\ufffd')))
    .join('/');
}

/** Converts a workspace path to a repository path. */
export function fromRoot(path: string, prefix: string | undefined): string {
  return prefix === undefined || prefix === '' || !isRelativePath(path) ? path : `${prefix}/${path}`;
}

export function isRelativePath(path: string): boolean {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  return !path.startsWith('/') && steps.length > 0 && !steps.includes('..');
}

/** A URL that may be linked: https, well-formed and without credentials. */
export function httpsUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
}

/** The address of such a URL, with quotes, brackets and other special characters percent-encoded. */
export function urlText(url: URL): string {
  return url.href.replace(/[^\w\-.~:/?#@!$&+,;=%]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
