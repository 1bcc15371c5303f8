import type { SourceLocation } from '../../model/location.ts';
import type { CheckAnnotation } from '../../ports/ports.ts';
import { fromRoot, isRelativePath } from '../escape.ts';
import type { PublishContext } from '../publisher.ts';
import { reveal } from '../text.ts';

type Place = Pick<CheckAnnotation, 'path' | 'startLine' | 'endLine' | 'startColumn' | 'endColumn'>;

/**
 * A place as GitHub takes it: a path of the repository, a line of the head. One bad place has the whole request refused, so what GitHub
 * could not take is told apart here. GitHub shows an annotation below its last line; a mapping of forty lines is marked at its first.
 */
export function placeOnHead(
  location: Pick<SourceLocation, 'file' | 'line' | 'column' | 'endLine'>,
  { headLine, pathPrefix }: PublishContext,
): Place | { readonly why: string } {
  const { file, line, column, endLine } = location;
  if (!isRelativePath(file) || reveal(file) !== file || /[\n\t]/.test(file) || Buffer.byteLength(file) > 4_096)
    return { why: 'its path is none that GitHub could show' };
  if (!isCount(line)) return { why: 'its line is not known' };
  const own = headLine(file, line);
  if (own === undefined || !isCount(own)) return { why: 'the head of this change has no such line' };
  const steps = fromRoot(file, pathPrefix).split('/');
  const path = steps.filter((step) => step !== '' && step !== '.').join('/');
  const single = endLine === undefined || endLine <= line;
  return {
    path,
    startLine: own,
    endLine: own,
    ...(single && column !== undefined && isCount(column) && { startColumn: column, endColumn: column }),
  };
}

/** GitHub's lines and columns are 32-bit integers. */
function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value < 2 ** 31;
}
