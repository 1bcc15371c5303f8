import { type ApiAnswer, notFound, Refusal, type Routes } from './api.ts';
import type { CheckRun } from './state.ts';

const needs = ['checks'] as const;

const shown = (run: CheckRun): object => ({
  id: run.id,
  name: run.name,
  head_sha: run.headSha,
  status: run.status,
  conclusion: run.conclusion ?? null,
  details_url: run.detailsUrl ?? null,
  external_id: run.externalId ?? null,
  html_url: `https://github.example/runs/${run.id}`,
  output: {
    title: run.output?.title ?? null,
    summary: run.output?.summary ?? null,
    text: run.output?.text ?? null,
    annotations_count: run.annotations.length,
  },
});

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What GitHub refuses beyond its schema: https://docs.github.com/en/rest/checks/runs */
function change(run: CheckRun, body: Readonly<Record<string, unknown>>): ApiAnswer['body'] {
  const output: Readonly<Record<string, unknown>> = { ...(typeof body.output === 'object' ? body.output : {}) };
  const annotations: readonly Readonly<Record<string, unknown>>[] = Array.isArray(output.annotations) ? output.annotations : [];
  if (annotations.length > 50) throw new Refusal(422, 'Invalid request.\n\nNo more than 50 items are allowed; 51 were supplied.');
  for (const part of [output.summary, output.text])
    if ((text(part)?.length ?? 0) > 65_535) throw new Refusal(422, 'Invalid request.\n\nOnly 65535 characters are allowed.');
  for (const { start_line, end_line, start_column, end_column, title, message } of annotations) {
    if (Number(start_line) < 1 || Number(end_line) < Number(start_line)) throw new Refusal(422, 'Invalid annotation lines');
    if (start_line !== end_line && (start_column !== undefined || end_column !== undefined))
      throw new Refusal(422, 'Columns are for annotations of one line');
    if ((text(title)?.length ?? 0) > 255 || (text(message)?.length ?? 0) > 65_536)
      throw new Refusal(422, 'Annotation is too long');
  }
  if (body.status === 'completed' && body.conclusion === undefined && run.conclusion === undefined)
    throw new Refusal(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  run.name = text(body.name) ?? run.name;
  run.status = body.conclusion === undefined ? (text(body.status) ?? run.status) : 'completed';
  if (typeof body.conclusion === 'string') run.conclusion = body.conclusion;
  if (typeof body.details_url === 'string') run.detailsUrl = body.details_url;
  if (typeof body.external_id === 'string') run.externalId = body.external_id;
  const shownText = text(output.text);
  if (typeof output.summary === 'string')
    run.output = {
      title: text(output.title) ?? '',
      summary: output.summary,
      ...(shownText === undefined ? {} : { text: shownText }),
    };
  run.annotations.push(...annotations);
  return shown(run);
}

export const checkRoutes: Routes = {
  'POST /repos/{owner}/{repo}/check-runs': {
    needs,
    answer: ({ state, repository, body }) => {
      const run: CheckRun = { id: state.nextId(), name: '', headSha: String(body.head_sha), status: 'queued', annotations: [] };
      const made = change(run, body);
      repository.checkRuns.push(run);
      return { status: 201, body: made };
    },
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs,
    answer: ({ repository, path, body }) => {
      const run = repository.checkRuns.find(({ id }) => id === Number(path.check_run_id));
      if (run === undefined) throw notFound();
      return { status: 200, body: change(run, body) };
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': {
    answer: ({ repository, path, query }) => {
      const runs = repository.checkRuns.filter(
        (run) => run.headSha === path.ref && (query.check_name === undefined || run.name === query.check_name),
      );
      return { status: 200, body: { total_count: runs.length, check_runs: runs.map(shown) }, paged: 'check_runs' };
    },
  },
};
