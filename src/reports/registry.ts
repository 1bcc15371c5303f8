import { annotationsReporter } from './annotations/reporter.ts';
import { attestationReporter } from './attestation/reporter.ts';
import { azurePipelinesReporter } from './azure-pipelines/reporter.ts';
import { bitbucketReporter } from './bitbucket/reporter.ts';
import { checkRunPublisher } from './check-run/publisher.ts';
import { codeQualityReporter } from './code-quality/reporter.ts';
import { codeScanningPublisher } from './code-scanning/publisher.ts';
import { diffReporter } from './diff/reporter.ts';
import { gitlabNoteReporter } from './gitlab-note/reporter.ts';
import { htmlReporter } from './html/reporter.ts';
import { jobSummaryReporter } from './job-summary/reporter.ts';
import { jsonReporter } from './json/reporter.ts';
import { junitReporter } from './junit/reporter.ts';
import { policyReportReporter } from './policy-report/reporter.ts';
import type { Publisher } from './publisher.ts';
import { pullRequestCommentPublisher } from './pull-request-comment/publisher.ts';
import type { Reporter } from './reporter.ts';
import { sarifReporter } from './sarif/reporter.ts';
import { sbomReporter } from './sbom/reporter.ts';
import { spdxReporter } from './spdx/reporter.ts';
import { suggestionsPublisher } from './suggestions/publisher.ts';
import { terminalReporter } from './terminal/reporter.ts';

/** Every reporter has a folder next to this file and a line here; test/architecture.test.ts checks that both agree. */
export const reporters: readonly Reporter[] = [
  terminalReporter,
  jsonReporter,
  sarifReporter,
  jobSummaryReporter,
  annotationsReporter,
  junitReporter,
  policyReportReporter,
  htmlReporter,
  diffReporter,
  codeQualityReporter,
  gitlabNoteReporter,
  azurePipelinesReporter,
  bitbucketReporter,
  attestationReporter,
  sbomReporter,
  spdxReporter,
];

/** Every report sent by GitHub's API, in publishing order; each has a folder here as well. */
export const publishers: readonly Publisher[] = [
  checkRunPublisher,
  suggestionsPublisher,
  pullRequestCommentPublisher,
  codeScanningPublisher,
];
