import { GateError } from '../model/gate-error.ts';
import type { Kustomization, Reference } from './kustomization-file.ts';
import type { TrustedFiles } from './workspace.ts';

const addFile =
  'Correct the path, or add the file. If a step of the workflow makes it, run that step before the gate and name the file under `generated` of .k8s-gate.yaml.';

/** What would be read or run that is not a regular file of this repository; the first of it. */
export interface Refusal {
  readonly error: GateError;
  /**
   * What it names is not in this commit: it is elsewhere, or made by a step that did not run before the gate. Nothing of the kustomization was
   * evaluated, and as it is no tool can deploy it.
   */
  readonly isElsewhere: boolean;
}

export function refusalOf(kustomization: Kustomization, workspace: TrustedFiles): Refusal | undefined {
  const [forbidden] = kustomization.forbidden;
  if (forbidden !== undefined) {
    const error = new GateError('RENDER_REFUSED', {
      ...at(forbidden.place),
      message: `\`${forbidden.key}\` would run Helm or fetch a chart from inside kustomize`,
      expected: 'a kustomization of files in the repository',
      next: 'Name the chart under `helm.charts` of .k8s-gate.yaml instead.',
    });
    return { error, isElsewhere: true };
  }
  for (const reference of kustomization.parts) {
    const problem = linkOrRemote(reference, workspace) ?? missing(reference, workspace);
    if (problem !== undefined) return problem;
  }
  return kustomization.files.map((reference) => linkOrRemote(reference, workspace)).find((problem) => problem !== undefined);
}

function linkOrRemote(reference: Reference, workspace: TrustedFiles): Refusal | undefined {
  const { text, target } = reference;
  const link = linkOn(target, workspace);
  if (link !== undefined) {
    const error = refused(reference, `\`${text}\` is reached through the symlink ${link}`, 'a regular file', 'Replace the link.');
    return { error, isElsewhere: false };
  }
  if (workspace.all.has(target)) return undefined;
  if (isRemote(text)) {
    const next = 'Copy it into the repository and name the copy: what is judged has to be what is deployed.';
    return { error: refused(reference, `\`${text}\` is remote`, 'a file or folder of this repository', next), isElsewhere: true };
  }
  if (target !== '..' && !target.startsWith('../') && !text.startsWith('/')) return undefined;
  const error = refused(
    reference,
    `\`${text}\` is outside the repository`,
    'a file or folder of this repository',
    'Move it into the repository.',
  );
  return { error, isElsewhere: false };
}

function missing(reference: Reference, workspace: TrustedFiles): Refusal | undefined {
  const { target, text } = reference;
  const folder = target === '' || target === '.' ? '' : `${target}/`;
  if (workspace.all.has(target) || [...workspace.all.keys()].some((file) => file.startsWith(folder))) return undefined;
  const error = new GateError('RENDER_FAILED', {
    ...at(reference.place),
    message: `\`${text}\` does not exist`,
    expected: `a file or folder at ${target}`,
    next: addFile,
  });
  return { error, isElsewhere: true };
}

/** What kustomize would ask a server for: a URL, an scp-like address, a host it knows, a query. */
function isRemote(text: string): boolean {
  return (
    /^(?:git::|[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+[:/]|gh:|(?:www\.)?github\.com[/:])/i.test(text) ||
    /[?&](?:ref|version|timeout|submodules)=/.test(text) ||
    /\.git(?:\/|$)/.test(text) ||
    /^[\w-]+(?:\.[\w-]+)+\/[^/]+\/[^/]+\/\//.test(text)
  );
}

/** The first symlink on the way to a target; the walk lists links to folders as files. */
function linkOn(target: string, workspace: TrustedFiles): string | undefined {
  const steps = target.split('/');
  return steps
    .map((_step, index) => steps.slice(0, index + 1).join('/'))
    .find((prefix) => workspace.all.get(prefix)?.kind === 'symlink');
}

function refused(reference: Reference, message: string, expected: string, next: string): GateError {
  return new GateError('RENDER_REFUSED', { ...at(reference.place), message, expected, next });
}

function at(place: Reference['place']): { readonly file: string; readonly line: number; readonly column?: number } {
  return { file: place.file, line: place.line, ...(place.column !== undefined && { column: place.column }) };
}
