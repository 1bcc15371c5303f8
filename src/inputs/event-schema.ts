import * as z from 'zod';
import { once } from '../model/once.ts';

/**
 * The few fields of GitHub's event payloads that the gate uses; any other is ignored. What is used goes on to git's arguments, API paths
 * and links, so its grammar is checked here. https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export const shaSchema = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i, 'expected a full commit SHA: 40 or 64 hex digits')
  .toLowerCase();

/** Owners of managed users carry an underscore (`octocat_corp`). `.` and `..` are not names. */
export const repositorySchema = z
  .string()
  .regex(/^[a-z0-9_][a-z0-9_-]{0,99}\/(?!\.{1,2}$)[a-z0-9._-]{1,100}$/i, 'expected a repository as owner/name');

/** `https://github.com`: scheme and host alone, since credentials or a path would carry a link elsewhere. Gives the origin. */
export const serverUrlSchema = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^\s/?#@\\]+\/?$/i.test(text) && URL.canParse(text),
    'expected an address such as https://github.com',
  )
  .transform((text) => new URL(text).origin);

/** What git allows in a ref's name. https://git-scm.com/docs/git-check-ref-format */
const refName = /^(?!-)(?!.*(?:\.\.|@\{|\/\/|\/$))[^\s\p{Cc}~^:?*[\\]{1,1024}$/u;
const branchSchema = z.string().regex(refName, 'expected the name of a branch');
export const refSchema = z
  .string()
  .regex(refName, 'expected a ref')
  .startsWith('refs/', 'expected a ref such as refs/heads/main');

const count = z.int('expected a whole number').positive('expected a number from 1');
export const countTextSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'expected a number from 1')
  .transform(Number)
  .pipe(count);

const repository = z.object({ full_name: repositorySchema });

export const pullRequestEventSchema = once(() =>
  z.object({
    action: z.string(),
    pull_request: z.object({
      number: count,
      user: z.object({ login: z.string().max(100) }).nullish(),
      head: z.object({ sha: shaSchema, repo: repository.nullish() }),
      base: z.object({ sha: shaSchema, ref: branchSchema, repo: repository }),
    }),
  }),
);

export const mergeGroupEventSchema = once(() =>
  z.object({
    action: z.literal('checks_requested', 'only checks_requested asks for a verdict'),
    merge_group: z.object({ head_sha: shaSchema, base_sha: shaSchema }),
  }),
);

export const pushEventSchema = once(() =>
  z.object({
    after: shaSchema,
    before: shaSchema.optional(),
    repository: z.object({ default_branch: branchSchema }).optional(),
  }),
);

export const workflowRunEventSchema = once(() =>
  z.object({
    action: z.literal('completed', 'only a completed run has left a report: set types: [completed]'),
    repository: z.object({ id: count }),
    workflow_run: z.object({
      id: count,
      run_attempt: count.default(1), // absent on old GitHub Enterprise Servers
      head_sha: shaSchema,
      head_repository: repository.nullish(),
      event: z.string().regex(/^[a-z_]{1,60}$/, 'expected the name of an event'),
      conclusion: z
        .string()
        .regex(/^[a-z_]{1,60}$/, 'expected a conclusion')
        .nullish(),
      pull_requests: z.array(
        z.object({
          number: count,
          head: z.object({ sha: shaSchema }),
          base: z.object({ sha: shaSchema, repo: z.object({ id: count }) }),
        }),
      ),
    }),
  }),
);
