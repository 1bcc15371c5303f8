/**
 * Limits of report destinations, each with its source. Exceeding most of them gets the whole report rejected, so every reporter keeps the
 * worst items, cuts between items and states how many it left out.
 */

/**
 * `$GITHUB_STEP_SUMMARY`: 1 MiB per step, otherwise the upload is aborted.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
export const jobSummaryMaxBytes = 1024 * 1024;
/** The part we use: the step may write other text to the same file, and masking secrets can make text longer. */
export const jobSummaryBudgetBytes = 900 * 1024;

/**
 * Annotations by workflow commands: 10 errors and 10 warnings per step, 50 per job; later ones are silently dropped. We only print errors
 * and warnings, so a single run never comes near 50.
 * https://github.com/orgs/community/discussions/26680
 */
export const annotationsPerLevel = 10;
/** Maximum characters of an annotation's message. The Checks API accepts 64 KB, which is unreadable next to code. */
export const annotationMaxChars = 4_000;

/**
 * SARIF in code scanning: 25,000 results per run are accepted and the top 5,000 kept; 25,000 rules; 20 tags per rule, 10 shown; 1,000
 * locations per result, 100 kept.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
 */
export const sarifResultsKept = 5_000;
/** Runs per file, from the same page. */
export const sarifRunsPerFile = 20;
export const sarifTagsPerRule = 10;
export const sarifRelatedLocations = 99;
/**
 * An upload may have 10 MB after gzip. Keeping the text below that before gzip is always sufficient.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/file-too-large
 */
export const sarifMaxBytes = 9_500_000;
/**
 * Rule names are cut at 255 characters, descriptions at 1,024.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning#reportingdescriptor-object
 */
export const sarifRuleNameMaxChars = 255;
export const sarifDescriptionMaxChars = 1_024;
/** Our limit: beyond this, all errors most likely have one common cause. */
export const sarifErrorsKept = 500;
/** Our limit: a message is a title, a resource and a fix. */
export const sarifMessageMaxChars = 2_000;

/**
 * Check runs: 50 annotations per request, further requests append; summary and text 65,535 characters each; an annotation's message
 * 64 KB and its title 255 characters. https://docs.github.com/en/rest/checks/runs#update-a-check-run
 */
export const checkAnnotationsPerRequest = 50;
export const checkTitleMaxChars = 255;
/** The part we use of the 65,535 characters, in bytes. */
export const checkTextBudgetBytes = 60_000;
/** Our limit: 20 requests are a fair share of the token's hourly rate limit. The text counts the rest. */
export const checkAnnotationsKept = 1_000;
/** Our limit: allowed findings are annotated too, but must not hide those that block or warn. */
export const checkAllowedKept = 50;
/** Our limit: after this many rejected annotations the rest is not sent; bisecting costs about 7 requests each. */
export const checkRefusalsMax = 20;

/**
 * Our limit: a person reads a review from top to bottom. Suggestions that do not fit come with the next push.
 * A review comment has the same length limit as an issue comment: https://github.com/orgs/community/discussions/27190
 */
export const suggestionsPerReview = 20;
export const suggestionMaxLines = 30;
/** Our limits: each edit is verified by parsing the file again, half a second for the longest, so length, attempts and time are bounded. */
export const suggestionsTried = 200;
export const suggestionsMaxMs = 30_000;
export const suggestionFileMaxBytes = 256 * 1024;

/**
 * A comment's body: 65,536 characters, otherwise 422. GitHub does not document whether these are UTF-16 units or bytes, so we count bytes.
 * https://github.com/orgs/community/discussions/27190
 */
export const commentMaxChars = 65_536;
export const commentBudgetBytes = 60_000;
/** Our limit: notification e-mails show folded sections unfolded. */
export const commentRowsFolded = 100;
/** Our limit: GitHub renders a page of a job slowly if it has tens of thousands of rows. */
export const jobSummaryRowsFolded = 2_000;
/** Our limit: who owns one of ten parts of a change finds it by the code review that GitHub requests. */
export const ownersMentioned = 10;
/** Our limits: unfolded text has to stay readable. */
export const entriesOpen = 20;
export const warningsUnfolded = 5;
export const rowsOfGroup = 5;
export const rowsOfPart = 50;
/** Our limits for the rendered difference: the comment is about what to do. The job summary has more, the diff report all of it. */
export const commentDifferenceBytes = 20_000;
export const commentDifferenceLines = 80;
export const jobSummaryDifferenceBytes = 300 * 1024;
export const jobSummaryDifferenceLines = 400;

/**
 * Azure Pipelines shows ten errors and ten warnings of a task; the log has all of them. Our limit is for the log.
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
 */
export const azureIssuesKept = 500;
export const azureMessageMaxChars = 4_000;

/**
 * Bitbucket Code Insights: 1,000 annotations of a report, 100 in one request; 450 characters of a summary, 2,000 of details.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
 */
export const bitbucketAnnotationsKept = 1_000;
export const bitbucketAnnotationsPerRequest = 100;
export const bitbucketSummaryMaxChars = 450;
export const bitbucketDetailsMaxChars = 2_000;

/**
 * A note on GitLab: 1,000,000 characters (https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics).
 * Our limit is what can be read.
 */
export const gitlabNoteBudgetBytes = 100_000;

/** Our limit for GitLab's code quality report: it loads all of it into the page of a merge request. */
export const codeQualityIssuesKept = 5_000;
export const codeQualityDescriptionMaxChars = 1_000;
