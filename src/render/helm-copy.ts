import path from 'node:path';
import type { HelmChart, HelmRelease } from '../model/config.ts';
import { GateError } from '../model/gate-error.ts';
import type { Files } from '../ports/ports.ts';

/** A file of the repository that Helm gets, with its text for locations. */
export interface ValuesFile {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  /** Absolute path of the copy. */
  readonly copy: string;
}

/** Copies a chart with all that Helm would read: it looks into `node_modules`, too. Throws RENDER_REFUSED at a symlink: Helm would follow it out of the repository. */
export async function copyChart(chart: HelmChart, workspace: string, target: string, files: Files): Promise<void> {
  const folder = path.join(workspace, chart.path);
  for (const file of await files.walk(folder, (name) => path.posix.basename(name) === '.git')) {
    if (file.kind === 'symlink') throw linkRefused(path.posix.join(chart.path, file.path));
    await files.write(path.join(target, file.path), await files.readBytes(path.join(folder, file.path)));
  }
}

/** The values files of one release, in order. Throws with the name of the first that is missing, a link, or elsewhere. */
export async function copyValues(
  chart: HelmChart,
  release: HelmRelease,
  workspace: string,
  target: string,
  files: Files,
): Promise<readonly ValuesFile[]> {
  const copies: ValuesFile[] = [];
  for (const [index, name] of release.values.entries()) {
    const file = path.posix.join(chart.path, name);
    if (path.posix.isAbsolute(name) || file === '..' || file.startsWith('../')) {
      throw new GateError('RENDER_REFUSED', {
        file: name,
        message: 'the values file is outside the repository',
        expected: 'a file of the repository',
      });
    }
    await refuseLinks(file, workspace, files);
    if ((await files.stat(path.join(workspace, file)))?.kind !== 'file') {
      throw new GateError('RENDER_FAILED', {
        file,
        message: `the values file of chart ${chart.path} does not exist`,
        expected: 'a file, relative to the chart’s folder',
        next: 'Add it, or correct `helm.charts[].releases[].values`.',
      });
    }
    const text = await files.readText(path.join(workspace, file));
    const copy = path.join(target, `values-${index}.yaml`);
    await files.write(copy, text);
    copies.push({ file, text, copy });
  }
  return copies;
}

async function refuseLinks(file: string, workspace: string, files: Files): Promise<void> {
  const steps = file.split('/');
  for (const index of steps.keys()) {
    const prefix = steps.slice(0, index + 1).join('/');
    if ((await files.stat(path.join(workspace, prefix)))?.kind === 'symlink') throw linkRefused(prefix);
  }
}

function linkRefused(file: string): GateError {
  return new GateError('RENDER_REFUSED', {
    file,
    message: 'is a symlink',
    expected: 'a regular file',
    next: 'Replace it by the file it points to, or exclude the chart.',
  });
}
