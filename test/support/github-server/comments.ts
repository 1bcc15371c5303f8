import { type ApiRequest, checkBody, notFound, Refusal, type Routes, user } from './api.ts';
import type { Comment } from './state.ts';

const needs = ['issues', 'pull-requests'] as const;

const shown = (comment: Comment): object => ({
  id: comment.id,
  user: user(comment.author),
  body: comment.body,
  html_url: `https://github.example/comments/${comment.id}`,
});

function own({ repository, path, login }: ApiRequest): Comment {
  const comment = repository.comments.find(({ id }) => id === Number(path.comment_id));
  if (comment === undefined) throw notFound();
  if (comment.author !== login) throw new Refusal(403, 'Resource not accessible by integration');
  return comment;
}

export const commentRoutes: Routes = {
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    answer: ({ repository, path }) => ({
      status: 200,
      body: repository.comments.filter(({ issue }) => issue === Number(path.issue_number)).map(shown),
    }),
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs,
    answer: ({ state, repository, path, body, login }) => {
      const number = Number(path.issue_number);
      if (!repository.pulls.some((pull) => pull.number === number)) throw notFound();
      return { status: 201, body: shown(state.addComment(repository, number, checkBody(body.body), login)) };
    },
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs,
    answer: (request) => {
      const comment = own(request);
      comment.body = checkBody(request.body.body);
      return { status: 200, body: shown(comment) };
    },
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs,
    answer: (request) => {
      const { comments } = request.repository;
      comments.splice(comments.indexOf(own(request)), 1);
      return { status: 204 };
    },
  },
};
