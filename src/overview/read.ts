import path from 'node:path';
import { toGateError } from '../model/gate-error.ts';
import { reportMaxBytes } from '../model/untrusted-json.ts';
import type { Ports } from '../ports/ports.ts';
import { readReport } from '../reports/json/read.ts';
import { type Summary, summaryOf } from './summary.ts';

/** Our limit: more are not the reports of one organization's repositories. */
const maxFiles = 5_000;

export interface ReadFolder {
  readonly summaries: readonly Summary[];
  /** Files that are not reports, with the reason: none is left out silently. */
  readonly unread: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Reads every JSON file below a folder as a report, one after the other: only its summary is kept. Reports are written next to the files of a
 * change, so all of their text may be anybody's.
 */
export async function readFolder(folder: string, { files }: Pick<Ports, 'files'>): Promise<ReadFolder> {
  const walked = (await files.walk(folder, () => false)).filter((file) => file.path.endsWith('.json'));
  const summaries: Summary[] = [];
  const unread: { readonly file: string; readonly reason: string }[] = [];
  for (const [index, { path: file, kind, size }] of walked.entries()) {
    const refuse = (reason: string) => unread.push({ file, reason });
    if (index >= maxFiles) refuse(`there are more than ${maxFiles} files`);
    else if (kind !== 'file') refuse('it is a symlink');
    else if (size > reportMaxBytes) refuse(`it has ${size} bytes, more than ${reportMaxBytes}`);
    else {
      try {
        summaries.push(summaryOf(readReport(await files.readText(path.join(folder, file)), file), file));
      } catch (thrown) {
        refuse(toGateError(thrown).details.message);
      }
    }
  }
  return { summaries, unread };
}
