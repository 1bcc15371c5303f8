import { Unfit } from './unfit.ts';

/** The file has scores of all published CVEs: more than 200,000 since 2023. A shorter one is not complete. */
const fewest = 100_000;
const header = 'cve,epss,percentile';
/** Scientific notation is for the smallest scores. */
const row = /^(CVE-\d{4}-\d{4,}),(\d(?:\.\d+)?(?:e-\d+)?),\d(?:\.\d+)?(?:e-\d+)?$/i;

export interface Epss {
  readonly released: Date;
  readonly scores: ReadonlyMap<string, number>;
}

/**
 * Reads the daily CSV file: a comment with the date, a header, and a row for each CVE (https://www.first.org/epss/data_stats).
 * @param wanted Ids whose scores are kept: a run needs few of them. Throws Unfit for a file that is not complete or has another shape.
 */
export function parseEpss(text: string, wanted: ReadonlySet<string>): Epss {
  const [comment = '', columns = '', ...rows] = text.replaceAll('\r\n', '\n').trimEnd().split('\n');
  const date = /\bscore_date:(\d{4}-\d{2}-\d{2}T[\d:]+(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))/.exec(comment)?.[1];
  const released = new Date(date?.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') ?? '');
  if (!comment.startsWith('#') || Number.isNaN(released.getTime()) || columns !== header)
    throw new Unfit(`it is not a CSV file of EPSS: expected a comment with \`score_date\` and the header \`${header}\``);
  if (rows.length < fewest) throw new Unfit(`it is not complete: it has ${rows.length} scores, and EPSS has more than ${fewest}`);
  const scores = new Map<string, number>();
  for (const [index, line] of rows.entries()) {
    const [, id = '', score = ''] = row.exec(line) ?? [];
    const value = Number(score);
    if (id === '' || !(value >= 0 && value <= 1)) throw new Unfit(`line ${index + 3} is not a CVE with a score from 0 to 1`);
    if (!wanted.has(id)) continue;
    if (scores.has(id)) throw new Unfit(`line ${index + 3} is a second score of ${id}`);
    scores.set(id, value);
  }
  return { released, scores };
}
