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
