/** A field of a rendered resource, and where a person would expect it to be set. */
export interface LineLabel {
  /** `Deployment web`, or `Deployment shop/web`. */
  readonly resource: string;
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

export interface LineCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** For a chart (which is `c`): the values files of its release, relative to the chart. */
  readonly release?: readonly string[];
  readonly findings: readonly LineLabel[];
}

/** Labels are written as text that is in one line of the file only, so that nobody counts lines and the code under test doesn't either; `^` is the first line. */
export function lineCase(
  name: string,
  files: Readonly<Record<string, string>>,
  labels: readonly (readonly [resource: string, path: string, file: string, text: string])[],
): LineCase {
  const findings = labels.map(([resource, path, file, text]) => {
    const lines =
      files[file]
        ?.split('\n')
        .flatMap((line, index) => ((text === '^' ? index === 0 : line.includes(text)) ? [index + 1] : [])) ?? [];
    const [line] = lines;
    if (line === undefined || lines.length > 1) throw new Error(`${name}: ${lines.length} lines of ${file} have ${text}`);
    return { resource, path, file, line };
  });
  return { name, files, findings };
}
