/** One line of Trivy's stderr: `2026-11-24T09:37:17Z\tERROR\t[misconfig] text`. */
export interface LogLine {
  readonly level: string;
  readonly text: string;
}

const maxChars = 800;

export function parseLog(stderr: string): readonly LogLine[] {
  return stderr.split('\n').flatMap((line) => {
    const match = /^\S+\t(DEBUG|INFO|WARN|ERROR|FATAL)\t(.*)$/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ level: match[1], text: match[2].replaceAll('\t', ' ') }];
  });
}

/** The end of stderr, safe to show: at most 800 characters, without control characters, passwords in URLs and tokens. */
export function tail(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/\t(INFO|DEBUG)\t/.test(line));
  const text = lines
    .slice(-6)
    .map((line) => line.trim().replace(/^\S+Z\t/, ''))
    .join(' ');
  return redact(text).slice(-maxChars) || 'nothing on stderr';
}

/** The cause of an error: Trivy prints a chain of up to ten errors, and the list at its end is the actual cause. */
export function reason(stderr: string): string {
  const fatal = stderr.slice(Math.max(0, stderr.indexOf('\tFATAL\t')));
  const listed = /errors? occurred:\s*([\s\S]+)$/.exec(fatal)?.[1];
  return listed === undefined
    ? tail(stderr)
    : redact(listed.replaceAll(/\s+/g, ' ').trim().replace(/^\* /, '')).slice(0, maxChars);
}

export function redact(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
      .replaceAll(/\u001b\[[0-9;]*m|[\u0000-\u001f\u007f]+/g, ' ')
      .replaceAll(/\/\/[^/@\s]+@/g, '//***@')
      .replaceAll(/(bearer|basic|token|password|authorization)([=: ]+)\S+/gi, '$1$2***')
  );
}

/**
 * Warnings about an incompletely scanned image, with their text for reports. Trivy's other warnings are about licenses, build files and
 * severities. Limit: Trivy has no structured output for them, so a reworded one is lost until this list is updated.
 */
const imageNotes: readonly (readonly [RegExp, string])[] = [
  [/No OS package is detected/, 'no operating system packages were found'],
  [/Unsupported os/, 'Trivy has no advisories for its operating system'],
  [/not on the EOL list/, 'Trivy does not know how long its operating system version is supported'],
  [/Mixing Alpine versions/, 'it mixes Alpine versions, so all packages were checked against one of them'],
  [/OS packages were skipped/, 'some operating system packages were skipped'],
  [/not supported for vulnerability scanning/, 'it has packages of a language without advisories in Trivy'],
  [/Parse error|Unable to parse|Failed to parse|Version matching error/, 'some package data in it could not be read'],
];

export function imageWarnings(stderr: string): readonly string[] {
  const seen = parseLog(stderr).filter((line) => line.level === 'WARN' || line.level === 'ERROR');
  return imageNotes.filter(([pattern]) => seen.some((line) => pattern.test(line.text))).map(([, note]) => note);
}

/**
 * Errors of a manifest scan after which Trivy continued with reduced coverage and exited with 0. The fallback to built-in checks is
 * intended, by `--skip-check-update` and an empty cache; Trivy cannot select them without that message.
 */
export function manifestDegradations(stderr: string): readonly string[] {
  return parseLog(stderr)
    .filter((line) => line.level === 'ERROR' || (line.level === 'WARN' && /fail|unable/i.test(line.text)))
    .filter((line) => !/Falling back to embedded checks/.test(line.text))
    .map((line) => redact(line.text).slice(0, 300));
}
