import path from 'node:path';
import type { Files } from '../ports/ports.ts';
import { walk } from './files-below.ts';

/** What a step of the workflow may make files from: charts, and the programs that are run. */
const pattern =
  /(?:^|\/)(?:templates|charts|crds|\.github|scripts?)\/|(?:^|\/)(?:Chart\.(?:yaml|lock)|requirements\.(?:yaml|lock)|(?:Make|Task|Docker|just)file[^/]*)$|\.(?:tpl|tgz|mk|sh|py|[cm]?[jt]s|go)$/is;
/** What a chart is rendered from by itself. */
const ownPart = /^(?:templates|crds)\/|^(?:Chart|requirements)\.yaml$/;

/** Whether a step of the workflow may make files from this one. */
export function isBuildInput(file: string): boolean {
  return pattern.test(file);
}

/** Absolute: the same folder of two commits. */
interface Sides {
  readonly head: string;
  readonly base: string;
}

/**
 * Whether the two commits differ in anything that the dependencies of a chart may be made from: whatever belongs to another chart, and what
 * `isBuildInput` names, except the templates of the chart itself. Also where the change is not committed yet.
 * @param chart Its folder, below the sides.
 * @param made Files that a step made: none of them is in a commit.
 */
export async function differsInBuildInputs(
  chart: string,
  made: ReadonlySet<string>,
  { head, base }: Sides,
  files: Files,
): Promise<boolean> {
  const [now, was] = await Promise.all([head, base].map((root) => namesOf(root, made, files)));
  const names = [...new Set([...(now ?? []), ...(was ?? [])])];
  const charts = new Set(names.filter((name) => path.posix.basename(name) === 'Chart.yaml').map(path.posix.dirname));
  for (const name of names) {
    if (!mayBeMadeFrom(name, path.posix.normalize(chart), charts)) continue;
    const [own, old] = await Promise.all([head, base].map((root) => contentOf(root, name, files)));
    if (own === undefined || own !== old) return true;
  }
  return false;
}

async function namesOf(root: string, made: ReadonlySet<string>, files: Files): Promise<readonly string[]> {
  if ((await files.stat(root))?.kind !== 'folder') return [];
  return (await walk(root, files)).flatMap(({ path: file }) => (made.has(file) ? [] : [file]));
}

function mayBeMadeFrom(file: string, chart: string, charts: ReadonlySet<string>): boolean {
  const owner = ownerOf(file, charts);
  if (owner !== undefined && owner !== chart) return true;
  const isOwn = owner === chart && ownPart.test(path.posix.relative(chart, file));
  return !isOwn && isBuildInput(file);
}

/** The innermost chart that a file is in. */
function ownerOf(file: string, charts: ReadonlySet<string>): string | undefined {
  for (let folder = path.posix.dirname(file); ; folder = path.posix.dirname(folder)) {
    if (charts.has(folder)) return folder;
    if (folder === '.') return undefined;
  }
}

/** Of a symlink, what it leads to; undefined for what is not there or leads out of the repository. */
async function contentOf(root: string, name: string, files: Files): Promise<string | undefined> {
  const file = path.join(root, name);
  const kind = (await files.stat(file))?.kind;
  if (kind === 'symlink') return files.resolveInside(root, file);
  return kind === 'file' ? files.sha256(file) : undefined;
}
