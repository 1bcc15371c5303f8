import { sectionsOf } from '../document.ts';
import { engineLine, footer } from '../document-head.ts';
import { hyperlink } from '../github-links.ts';
import { commentDifferenceBytes, commentDifferenceLines, commentRowsFolded, gitlabNoteBudgetBytes } from '../limits.ts';
import { assemble, severityCounts } from '../markdown.ts';
import type { PageContext } from '../page-context.ts';
import type { Reporter } from '../reporter.ts';
import { severityTable } from '../view.ts';

/** The first line, by which the job that posts the note finds the one of an earlier run. It proves nothing: anybody can write it. */
const marker = '<!-- k8s-gate:note -->\n';

/** The sections of the comment on GitHub, for a note on a merge request. The job posts it; see docs/other-ci.md. */
export const gitlabNoteReporter: Reporter = {
  id: 'gitlab-note',
  title: 'GitLab note',
  summary: 'For GitLab: Markdown for a note on a merge request, which a job posts and updates.',
  defaultFile: 'k8s-gate-note.md',
  render(verdict, context) {
    const { job } = context.site ?? {};
    const elsewhere = hyperlink('the artifacts of the job', job);
    const page: PageContext = {
      ...context,
      prefix: '',
      untrusted: false,
      compared: verdict.comparison?.status === 'compared',
      overview: severityCounts(severityTable(verdict)),
      elsewhere,
      links: job === undefined ? [] : [hyperlink('Job', job)],
      rows: commentRowsFolded,
      listsExisting: false,
      difference: { bytes: commentDifferenceBytes, lines: commentDifferenceLines, elsewhere },
    };
    const text = assemble([...sectionsOf(verdict, page), engineLine(verdict), footer(verdict, page)], gitlabNoteBudgetBytes);
    // A quick action is a line that starts with a slash (https://docs.gitlab.com/user/project/quick_actions/).
    return marker + text.replaceAll(/^\//gm, '&#47;');
  },
};
