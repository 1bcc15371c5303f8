import path from 'node:path';
import { parseDuration } from '../model/duration.ts';
import { GateError } from '../model/gate-error.ts';
import { schemaProblem } from '../model/schema-problem.ts';
import { parseUntrustedJson } from '../model/untrusted-json.ts';
import { type VerdictStatement, verdictPredicateType, verdictStatementSchema } from '../model/verdict-statement.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { printable } from './waivers/entry.ts';

const options = {
  commit: { type: 'string', default: 'HEAD' },
  workspace: { type: 'string' },
  'max-age': { type: 'string', default: '7d' },
  'require-pass': { type: 'boolean', default: false },
  unsigned: { type: 'boolean', default: false },
} as const;

export const verifyCommand: Command = {
  name: 'verify',
  usage: 'k8s-gate verify FILE [options]',
  help: `Checks the attestation of a verdict, as written by \`k8s-gate check --output attestation=FILE\`: that it is complete, about this commit, recent,
and that its verdict is pass or warn without errors.

It does not check who signed it. Do that first, with \`gh attestation verify FILE --repo OWNER/NAME\`, and pass --unsigned here. docs/attestation.md has both.

  --commit REV       The commit that is deployed. Default: HEAD of the workspace, which then must not have uncommitted changes.
  --workspace DIR    The repository. Default: the current folder.
  --max-age TIME     Maximum age of the verdict, such as 24h. Default: 7d.
  --require-pass     A verdict that warns is not accepted, nor one of a commit of which something was not evaluated.
  --unsigned         The signature is checked elsewhere, or is not needed.

Exit code: 0 accepted, 1 not accepted, 2 error (not an attestation, or nobody checked its signature).`,
  async run(args, context) {
    const { values, positionals } = parseFlags(verifyCommand, args, options);
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new GateError('INPUT_INVALID', {
        message: `verify: ${more.length > 0 ? 'more than one file' : 'no file'} is given`,
        expected: 'k8s-gate verify FILE',
      });
    const maxAgeMs = parseDuration(values['max-age']);
    if (maxAgeMs === undefined)
      throw new GateError('INPUT_INVALID', {
        message: `--max-age: \`${values['max-age']}\` is not a duration`,
        expected: 'for example 24h or 7d',
      });
    const statement = parseStatement(await context.ports.files.readText(path.resolve(context.cwd, file)), file);
    const workspace = path.resolve(context.cwd, values.workspace ?? '.');
    const place = { commit: await context.ports.git.resolve(workspace, values.commit), maxAgeMs, now: context.ports.clock.now() };
    const complaints = [
      ...complaintsAbout(statement, { ...place, requirePass: values['require-pass'] }),
      ...(values.commit === 'HEAD' ? await uncommitted(workspace, context) : []),
    ];
    if (complaints.length > 0) {
      for (const complaint of complaints) context.stdout(`${printable(`${file}: not accepted: ${complaint}`)}\n`);
      return 1;
    }
    context.stdout(`${printable(`${file}: ${summaryOf(statement)}`)}\n`);
    if (values.unsigned) return 0;
    throw new GateError('INPUT_INVALID', {
      message: `${file}: its signature was not checked: anybody could have written it`,
      expected: 'a signature that is checked before',
      next: `Run \`gh attestation verify ${file} --repo OWNER/NAME --predicate-type ${verdictPredicateType}\`, and pass --unsigned here.`,
    });
  },
};

/** Throws GateError REPORT_UNTRUSTED for anything else than a statement of a verdict. */
function parseStatement(text: string, file: string): VerdictStatement {
  const content = parseJson(text);
  const parsed = verdictStatementSchema().safeParse(content);
  if (parsed.success) return parsed.data;
  throw new GateError('REPORT_UNTRUSTED', {
    file,
    message: `is not the attestation of a verdict: ${content === undefined ? 'it is not JSON' : schemaProblem(parsed.error)}`,
    expected: `an in-toto statement with the predicate type ${verdictPredicateType}`,
    next: 'Write it by `k8s-gate check --output attestation=FILE`. For a signed bundle, pass the file that was signed.',
  });
}

function parseJson(text: string): unknown {
  try {
    return parseUntrustedJson(text);
  } catch {
    return undefined;
  }
}

interface Required {
  readonly commit: string;
  readonly now: Date;
  readonly maxAgeMs: number;
  readonly requirePass: boolean;
}

const skewMs = 5 * 60_000;

function complaintsAbout(
  { subject, predicate }: VerdictStatement,
  { commit, now, maxAgeMs, requirePass }: Required,
): readonly string[] {
  const { verdict, evaluatedAt, commit: about } = predicate;
  const others = subject.filter(({ digest }) => digest.gitCommit !== about.sha);
  const ageMs = now.getTime() - Date.parse(evaluatedAt);
  const accepted = requirePass ? ['pass'] : ['pass', 'warn'];
  return [
    ...(others.length > 0 ? ['its subject is not the commit in its predicate'] : []),
    ...(about.sha === commit ? [] : [`it is about commit ${about.sha}, not ${commit}`]),
    ...(about.uncommittedChanges ? ['it is about a work tree with uncommitted changes'] : []),
    ...(accepted.includes(verdict.outcome) ? [] : [`its verdict is ${verdict.outcome}: ${verdict.reason.slice(0, 300)}`]),
    ...(verdict.errors.length > 0 ? [`something could not be evaluated: ${verdict.errors.join(', ')}`] : []),
    ...(requirePass && verdict.notEvaluated > 0 ? [`${verdict.notEvaluated} items were not evaluated`] : []),
    ...((verdict.findings.block ?? 0) > 0 && accepted.includes(verdict.outcome) ? ['it has findings that block'] : []),
    ...(ageMs > maxAgeMs ? [`it is of ${evaluatedAt}, which is too old`] : []),
    ...(ageMs < -skewMs ? [`it is of ${evaluatedAt}, which is in the future`] : []),
  ];
}

/** What is deployed from a work tree is not what was evaluated. */
async function uncommitted(workspace: string, { ports: { git } }: CommandContext): Promise<readonly string[]> {
  const changes = await git.changes(workspace);
  const tracked = changes?.filter((change) => change.tracked);
  return tracked === undefined || tracked.length > 0 ? ['the work tree has uncommitted changes'] : [];
}

function summaryOf({ predicate: { verdict, commit, evaluatedAt, engines } }: VerdictStatement): string {
  const ran = engines
    .filter(({ status }) => status === 'completed')
    .map(({ engine, version }) => `${engine} ${version ?? ''}`.trim());
  const gaps = verdict.notEvaluated === 0 ? '' : ` (${verdict.notEvaluated} items were not evaluated)`;
  return `${verdict.outcome}${gaps} for ${commit.sha}, evaluated at ${evaluatedAt} by ${ran.join(', ')}: ${verdict.reason}`;
}
