import type { Log } from './ports.ts';

/**
 * A log for people. `write` gets whole lines (stderr: stdout belongs to reports).
 * @param options.debug Whether `debug` lines are shown.
 * @param options.quiet Whether only warnings and errors are.
 * @param options.groups Whether lines are folded by workflow commands: on GitHub's runner only.
 * @param options.progress Shows counts, on a terminal only.
 */
export function createConsoleLog(options: {
  readonly write: (text: string) => void;
  readonly debug: boolean;
  readonly quiet?: boolean;
  readonly groups?: boolean;
  readonly progress?: Log['progress'];
}): Log {
  const line = (prefix: string, text: string): void => options.write(`${safeText(`${prefix}${text}`)}\n`);
  return {
    debug: (text) => {
      if (options.debug) line('debug: ', text);
    },
    info: (text) => {
      if (options.quiet !== true) line('', text);
    },
    warn: (text) => line('warning: ', text),
    error: (text) => line('error: ', text),
    ...(options.groups === true && { group: createGroups(options.write) }),
    ...(options.progress !== undefined && { progress: options.progress }),
  };
}

/** The runner does not nest groups, so each start ends the group before it (https://github.com/actions/runner/issues/802). */
function createGroups(write: (text: string) => void): NonNullable<Log['group']> {
  let isOpen = false;
  return (title) => {
    if (isOpen) write('::endgroup::\n');
    isOpen = title !== undefined;
    if (title !== undefined) write(`::group::${safeText(title).replaceAll('%', '%25').replaceAll('\n', ' ')}\n`);
  };
}

/** C0 but tab and line feed, DEL, C1, and the controls that reorder or hide text or break lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text that may come from outside (an engine's stderr, a file name of a change), made safe for a log: control characters
 * are shown as `\u001b`, and workflow commands are broken. The runner reads `##[...]` as a command anywhere in a line, not only at
 * its start (https://github.com/actions/runner, ActionCommand.TryParse uses IndexOf), and `::` after white space. Azure's agent reads `##vso[...]`.
 */
export function safeText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/:(?=:)/g, ': ')
    .replace(/##(?=(?:vso)?\[)/gi, '## ');
}
