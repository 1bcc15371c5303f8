// `node scripts/changelog.mjs BASE`: fails if the commits since BASE change what users get and CHANGELOG.md has no new line.
// A commit message with a line `No changelog: <reason>` is the way out.
import { execFileSync } from 'node:child_process';

const [base = ''] = process.argv.slice(2);
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' });
const files = git('diff', '--name-only', '--end-of-options', `${base}...HEAD`).split('\n');
const forUsers = files.filter((file) => /^(src|policies)\/|^action\.yml$/.test(file) && !/\.test\.ts$/.test(file));
const added = git('diff', '--unified=0', '--end-of-options', `${base}...HEAD`, '--', 'CHANGELOG.md');
const excused = /^No changelog: \S/m.test(git('log', '--format=%B', '--end-of-options', `${base}..HEAD`));
if (forUsers.length > 0 && !/^\+(?!\+\+)\s*\S/m.test(added) && !excused) {
  console.error(
    `CHANGELOG.md has no new line, but ${forUsers[0]}${forUsers.length > 1 ? ` and ${forUsers.length - 1} more` : ''} changed. ` +
      'Add a line under [Unreleased], or `No changelog: <reason>` to a commit message if users do not notice the change.',
  );
  process.exit(1);
}
console.log(
  forUsers.length === 0 ? 'nothing for users changed' : excused ? 'no changelog, with a reason' : 'CHANGELOG.md has a new line',
);
