import { type CiIssue, ciIssues } from '../ci-issues.ts';
import { azureData, azureProperty } from '../escape.ts';
import { azureIssuesKept, azureMessageMaxChars } from '../limits.ts';
import type { Reporter } from '../reporter.ts';
import { plural, shorten } from '../text.ts';

/**
 * Logging commands, which the agent shows as issues of the run with a link to the line
 * (https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands). The exit code fails the job, not these.
 */
export const azurePipelinesReporter: Reporter = {
  id: 'azure-pipelines',
  title: 'Azure Pipelines',
  summary: 'For the agent of Azure Pipelines: errors, blocking findings and warnings as issues of the run, by logging commands.',
  render(verdict, { pathPrefix }) {
    const issues = ciIssues(verdict, pathPrefix);
    const left = issues.length - azureIssuesKept;
    const more = `##vso[task.logissue type=warning]${plural(left, 'more issue')}: the other reports list them.`;
    return [...issues.slice(0, azureIssuesKept).map(command), ...(left > 0 ? [more] : [])].map((line) => `${line}\n`).join('');
  },
};

function command({ kind, severity, rule, title, details, file, line, column }: CiIssue): string {
  const properties = {
    type: kind === 'warn' ? 'warning' : 'error',
    ...(file !== undefined && { sourcepath: file, linenumber: line, ...(column !== undefined && { columnnumber: column }) }),
    code: rule,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${azureProperty(String(value))}`);
  const message = [`${severity}: ${title}`, ...details].join('\n');
  return `##vso[task.logissue ${list.join(';')};]${azureData(shorten(message, azureMessageMaxChars))}`;
}
