import type { FieldPath } from '../../src/model/field-path.ts';
import type { Finding, JsonPatchOperation } from '../../src/model/finding.ts';
import type { JudgedFinding } from '../../src/model/verdict.ts';
import type { ReviewRequest } from '../../src/ports/ports.ts';
import type { PublishContext } from '../../src/reports/publisher.ts';
import { suggestionsPublisher } from '../../src/reports/suggestions/publisher.ts';
import { publishContext } from './changes.ts';
import { MemoryGitHub } from './github-memory.ts';
import { finding } from './model.ts';
import { blocked } from './verdicts.ts';

/** Findings with patches, a pull request that shows their files, and what the buttons make of these; for tests of suggestions. */
export const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web # keep
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx:latest # the image
          securityContext:
            privileged: true
        - name: log
          image: log:1
`;
export const container = (index: number): FieldPath => ['spec', 'template', 'spec', 'containers', index];
export const web = '/spec/template/spec/containers/0';
export const replace = (path: string, value: unknown): JsonPatchOperation => ({ op: 'replace', path, value });
export const add = (path: string, value: unknown): JsonPatchOperation => ({ op: 'add', path, value });

export interface Case extends Partial<Omit<Finding, 'fix' | 'subject'>> {
  readonly at: readonly [line: number, column: number];
  readonly path: FieldPath;
  readonly patch: JsonPatchOperation;
  readonly precision?: 'field' | 'parent';
  readonly file?: string;
}
let prints = 0;
export function judged({
  at: [line, column],
  path,
  patch,
  precision = 'field',
  file = 'deploy/web.yaml',
  ...part
}: Case): JudgedFinding {
  prints += 1;
  const found = finding({
    title: 'Something is off',
    resources: ['Deployment shop/web'],
    fingerprint: prints.toString(16).padStart(32, '0'),
    ...part,
    subject: { kind: 'resource', resource: 'obj-1', path },
    fix: { text: 'Fix it.', patch: [patch] },
    locations: [{ file, line, column, precision }],
  });
  return { finding: found, action: 'block', decidedBy: 'default' };
}
export const privileged = (part: Partial<Case> = {}): JudgedFinding =>
  judged({
    at: [14, 13],
    path: [...container(0), 'securityContext', 'privileged'],
    patch: replace(`${web}/securityContext/privileged`, false),
    ...part,
  });

export function pull(files: Readonly<Record<string, string>> = { 'deploy/web.yaml': manifest }): MemoryGitHub {
  const github = new MemoryGitHub();
  github.pullFiles = Object.entries(files).map(([path, text]) => {
    github.files.set(path, text);
    const lines = text.replace(/\n$/, '').split('\n');
    return { path, status: 'added', patch: `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join('\n')}` };
  });
  return github;
}

export async function publish(
  findings: readonly JudgedFinding[],
  github = pull(),
  context: Partial<PublishContext> = {},
  passing = 0,
) {
  const ports = { github, clock: { now: () => new Date(0), monotonicMs: () => (now += passing) }, log: unused };
  let now = 0;
  const publication = await suggestionsPublisher.publish({ ...blocked, findings }, { ...publishContext, ...context }, ports);
  const comments = github.reviews.flatMap(({ review }) => review.comments);
  const notes = publication.status === 'delivered' ? publication.notes : [publication.reason];
  return { publication, comments, notes, github };
}
const unused = new Proxy(Object.create(null), {
  get: (_target, name) => {
    throw new Error(`${String(name)} is not used`);
  },
});

/** What the button makes of the file. */
export function applied(text: string, comment: ReviewRequest['comments'][number] | undefined): string {
  const [, fence = '', body = ''] = /^(`{3,})suggestion\n([\s\S]*?)\n\1$/m.exec(comment?.body ?? '') ?? [];
  if (comment === undefined || fence === '') throw new Error('no suggestion');
  const first = comment.startLine ?? comment.line;
  return text
    .split('\n')
    .toSpliced(first - 1, comment.line - first + 1, ...body.split('\n'))
    .join('\n');
}
