import { commentModes } from '../comment.ts';
import type { Option } from './option.ts';

const temporary = 'a file in the runner’s temporary folder';

/** Options that decide where the answer goes. */
export const reportOptions = {
  token: {
    type: 'text',
    text: 'Token of the job, for the comment, the check run, suggestions and upload-sarif, and for fetching the base commit. Engines never see it.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
    input: { name: 'token', default: '${{ github.token }}' },
  },
  name: {
    type: 'text',
    text: 'Name of this gate. If a repository has several gates, such as the jobs of a matrix, give each its own, so that none overwrites the comment of another.',
    input: { name: 'name', default: 'k8s-gate' },
  },
  report: {
    type: 'file',
    text: 'JSON report to publish.',
    input: { name: 'report', note: 'Only with mode `publish`.' },
  },
  checkRun: {
    type: 'boolean',
    text: 'Whether a check run with annotations is created.',
    input: {
      name: 'check-run',
      default: 'true',
      note: 'Requires `checks: write`; otherwise annotations are emitted as workflow commands.',
    },
    publisher: 'check-run',
  },
  comment: {
    type: 'text',
    text: 'When the pull request gets a comment: `always`; `on-findings`, once something blocks, warns or was not evaluated (it is updated from then on); or `never`. `true` and `false` mean always and never.',
    otherwise: 'always',
    input: { name: 'comment', note: 'Requires `pull-requests: write`.' },
    key: { schema: (z) => z.enum(commentModes), loosens: 'never' },
    publisher: 'pull-request-comment',
  },
  mentionOwners: {
    type: 'boolean',
    text: 'Whether the comment mentions the owners of new findings that block or warn, by CODEOWNERS of the base commit.',
    otherwise: 'false',
    input: { name: 'mention-owners' },
    key: { schema: (z) => z.boolean(), loosens: 'never' },
  },
  suggestions: {
    type: 'boolean',
    text: 'Whether fixes of a single edit inside the diff are suggested as review comments.',
    input: { name: 'suggestions', default: 'true', note: 'Requires `pull-requests: write`.' },
    publisher: 'suggestions',
  },
  uploadSarif: {
    type: 'boolean',
    text: 'Whether findings are uploaded to code scanning.',
    input: { name: 'upload-sarif', default: 'false', note: 'Requires `security-events: write`.' },
    publisher: 'code-scanning',
  },
  reportJson: {
    type: 'file',
    text: 'File of the JSON report.',
    otherwise: temporary,
    input: { name: 'report-json' },
    report: 'json',
  },
  sarif: {
    type: 'file',
    text: 'File of the SARIF report, ready for github/codeql-action/upload-sarif.',
    otherwise: temporary,
    input: { name: 'sarif' },
    report: 'sarif',
  },
  junit: {
    type: 'file',
    text: 'File of the JUnit report.',
    otherwise: 'not written',
    input: { name: 'junit' },
    report: 'junit',
  },
  html: {
    type: 'file',
    text: 'File of the HTML report, which needs no other files.',
    otherwise: 'not written',
    input: { name: 'html' },
    report: 'html',
  },
  policyReport: {
    type: 'file',
    text: 'File of the PolicyReport.',
    otherwise: 'not written',
    input: { name: 'policy-report' },
    report: 'policy-report',
  },
  diff: {
    type: 'file',
    text: 'File of the rendered difference: what the change adds, changes and removes in the cluster.',
    otherwise: 'not written',
    input: { name: 'diff' },
    report: 'diff',
  },
  attestation: {
    type: 'file',
    text: 'File of the in-toto statement of the verdict, to be signed by the workflow. See docs/attestation.md.',
    otherwise: 'not written',
    input: { name: 'attestation' },
    report: 'attestation',
  },
  sbom: {
    type: 'file',
    text: 'File of the bill of materials of all images, in CycloneDX 1.6. See docs/sbom.md.',
    otherwise: 'not written',
    input: { name: 'sbom' },
    report: 'sbom',
  },
  spdx: {
    type: 'file',
    text: 'File of the bill of materials of all images, in SPDX 2.3. See docs/sbom.md.',
    otherwise: 'not written',
    input: { name: 'spdx' },
    report: 'spdx',
  },
  annotations: {
    type: 'boolean',
    text: 'Whether findings are annotated by workflow commands if there is no check run.',
    input: { name: 'annotations', default: 'true', note: 'GitHub shows at most ten of each type per step.' },
  },
  summary: {
    type: 'boolean',
    text: 'Whether the job summary is written.',
    input: { name: 'summary', default: 'true' },
  },
  output: {
    type: 'list',
    text: 'Write a report: json, sarif, html, junit, policy-report, diff, attestation, sbom, spdx, job-summary, code-quality, gitlab-note, azure-pipelines or bitbucket. With the FILE `-` it goes to stdout instead of the terminal report.',
    flag: { name: 'output', short: 'o', value: 'ID[=FILE]' },
  },
  show: {
    type: 'text',
    text: 'What the terminal report lists in addition: `allowed`, the findings that the severity policy allows.',
    flag: { name: 'show', value: 'allowed' },
  },
  fix: {
    type: 'boolean',
    text: 'Apply the suggested fixes of findings that block or warn, show the diff, and judge again.',
    flag: { name: 'fix', of: 'check' },
  },
  dryRun: {
    type: 'boolean',
    text: 'With --fix: show what would be changed, and change no file.',
    flag: { name: 'dry-run', of: 'check' },
  },
} satisfies Record<string, Option>;
