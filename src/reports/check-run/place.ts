import type { SourceLocation } from '../../model/location.ts';
import type { CheckAnnotation } from '../../ports/ports.ts';
import { fromRoot, isRelativePath } from '../escape.ts';
import type { PublishContext } from '../publisher.ts';
import { reveal } from '../text.ts';

type Place = Pick<CheckAnnotation, 'path' | 'startLine' | 'endLine' | 'startColumn' | 'endColumn'>;

/**
 * The location as GitHub accepts it: a path from the repository root and a line of the head commit. GitHub rejects the whole request for
 * one invalid location, so invalid ones are sorted out here. GitHub shows an annotation below its last line; a mapping of forty lines is
 * annotated at its first line instead.
 */
export function placeOnHead(
  location: Pick<SourceLocation, 'file' | 'line' | 'column' | 'endLine'>,
  { headLine, pathPrefix }: PublishContext,
): Place | { readonly why: string } {
  const { file, line, column, endLine } = location;
  if (!isRelativePath(file) || reveal(file) !== file || /[\n\t]/.test(file) || Buffer.byteLength(file) > 4_096)
    return { why: 'GitHub cannot display its path' };
  if (!isCount(line)) return { why: 'its line is unknown' };
  const own = headLine(file, line);
  if (own === undefined || !isCount(own)) return { why: 'the head commit has no such line' };
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
