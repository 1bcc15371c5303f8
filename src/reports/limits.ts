/**
 * Limits of the places reports go to, each with where it is written down. Past most of them the whole report is refused, so every
 * reporter cuts between items, worst first, and says how many it left out.
 */

/**
 * `$GITHUB_STEP_SUMMARY`: 1 MiB a step, else the upload is aborted.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
export const jobSummaryMaxBytes = 1024 * 1024;
/** What we use of it: other text may stand in the same step's file, and the runner masks secrets with longer text. */
export const jobSummaryBudgetBytes = 900 * 1024;

/**
 * Annotations by workflow commands: 10 errors and 10 warnings a step, 50 a job; the rest is dropped without a word, in the order
 * printed. We print errors and warnings only, so that one run in a job is never near the 50.
 * https://github.com/orgs/community/discussions/26680
 */
export const annotationsPerLevel = 10;
/** Longest message of one annotation, in characters. The Checks API takes 64 KB; nobody reads that beside a line of code. */
export const annotationMaxChars = 4_000;

/**
 * SARIF in code scanning: at most 25,000 results a run are taken and the top 5,000 kept; 25,000 rules, 20 tags a rule of which 10 are
 * shown, 1,000 locations a result of which 100 are kept.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
 */
export const sarifResultsKept = 5_000;
/** Runs a file, same page. */
export const sarifRunsPerFile = 20;
export const sarifTagsPerRule = 10;
export const sarifRelatedLocations = 99;
/**
 * An upload may have 10 MB after gzip. The text before gzip is held below that, which needs no gzip here and is always enough.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/file-too-large
 */
export const sarifMaxBytes = 9_500_000;
/**
 * Names of rules are cut at 255 characters, descriptions at 1,024.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning#reportingdescriptor-object
 */
export const sarifRuleNameMaxChars = 255;
export const sarifDescriptionMaxChars = 1_024;
/** Ours: faults are short and few; past this many something is wrong with all of them alike. */
export const sarifErrorsKept = 500;
/** Ours: a message is a title, a resource and a way to mend it. */
export const sarifMessageMaxChars = 2_000;

/**
 * Check runs: 50 annotations a request, appended by each further one; summary and text 65,535 characters each, an annotation's message 64 KB
 * and its title 255 characters. https://docs.github.com/en/rest/checks/runs#update-a-check-run
 */
export const checkAnnotationsPerRequest = 50;
export const checkTitleMaxChars = 255;
/** What we use of the 65,535 characters, in bytes. */
export const checkTextBudgetBytes = 60_000;
/** Ours: past it nobody reads, and 20 requests are enough of one token's hourly budget. The text counts the rest. */
export const checkAnnotationsKept = 1_000;
/** Ours: what the policy allows is shown beside its line, but must not drown what counts. */
export const checkAllowedKept = 50;
/** Ours: how many annotations GitHub may refuse one by one before the rest is given up; each costs some 7 requests to find. */
export const checkRefusalsMax = 20;

/**
 * Ours: a review is read from top to bottom by a person. What does not fit comes with the next push, when these are done.
 * A comment's body is as long as an issue's: https://github.com/orgs/community/discussions/27190
 */
export const suggestionsPerReview = 20;
export const suggestionMaxLines = 30;
/** Ours: an edit is proven by parsing the file anew, half a second for the longest; so it is bounded in length, tries and time. */
export const suggestionsTried = 200;
export const suggestionsMaxMs = 30_000;
export const suggestionFileMaxBytes = 256 * 1024;

/**
 * A comment's body: 65,536 characters, else 422. Nobody says whether of UTF-16 or bytes, so the larger is held well below.
 * https://github.com/orgs/community/discussions/27190
 */
export const commentMaxChars = 65_536;
export const commentBudgetBytes = 60_000;
/** Ours: a notification e-mail shows folded parts unfolded. */
export const commentRowsFolded = 100;
/** Ours: what stands unfolded is to be read. */
export const commentNotCoveredShown = 25;
export const commentWarningsUnfolded = 5;
export const commentRowsOfGroup = 5;
