/** What `k8s-gate init` adds to the configuration after it ran the gate, each with its reason. */
export interface Proposals {
  readonly exclude: readonly Exclusion[];
  readonly charts: readonly ChartValues[];
  /** Environments that match no resource. */
  readonly unused: readonly string[];
  /** Findings that would block a change that did not add them. Absent: they block. */
  readonly existing?: number;
  /** There is nothing to evaluate yet. */
  readonly isEmpty?: boolean;
}

export interface Exclusion {
  /** A file or a glob. */
  readonly glob: string;
  readonly because: string;
}

/** Values files that a chart needs to be rendered. */
export interface ChartValues {
  readonly path: string;
  /** Values files are relative to the folder of the chart. */
  readonly releases: readonly { readonly environment?: string; readonly values: readonly string[] }[];
  readonly because: string;
}

export const nothing: Proposals = { exclude: [], charts: [], unused: [] };

/** Lines of `.k8s-gate.yaml`. */
export function proposalLines({ exclude, charts, existing, isEmpty }: Proposals): readonly string[] {
  return [
    ...(existing === undefined
      ? []
      : [
          `# ${existing} existing ${existing === 1 ? 'finding does' : 'findings do'} not block; new ones do. Remove this line when they are fixed. See docs/findings.md.`,
          'onlyNew: true',
        ]),
    ...(isEmpty === true
      ? ['# There was no manifest when this file was written. Remove this line when there is one.', 'expectManifests: false']
      : []),
    ...(exclude.length === 0
      ? []
      : ['# Not evaluated. Remove an entry once it is no longer needed.', 'exclude:', ...exclude.flatMap(exclusionLines)]),
    ...(charts.length === 0 ? [] : ['helm:', '  charts:', ...charts.flatMap(chartLines)]),
  ];
}

function exclusionLines({ glob, because }: Exclusion): readonly string[] {
  return [`  # ${comment(because)}`, `  - ${JSON.stringify(glob)}`];
}

function chartLines({ path, releases, because }: ChartValues): readonly string[] {
  return [
    `    # ${comment(because)}`,
    `    - path: ${JSON.stringify(path)}`,
    '      releases:',
    ...releases.map(({ environment, values }) => {
      const list = `values: [${values.map((value) => JSON.stringify(value)).join(', ')}]`;
      return `        - { ${environment === undefined ? '' : `environment: ${environment}, `}${list} }`;
    }),
  ];
}

/** Names and messages are those of the repository: none may end the comment. */
export function comment(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
