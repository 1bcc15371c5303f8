import path from 'node:path';
import { parseDuration } from '../model/duration.ts';
import { GateError } from '../model/gate-error.ts';
import { type Command, type CommandContext, parseFlags } from './command.ts';
import { judgeSignature, requireSignatureFlags, signatureOptions } from './verify/signature.ts';
import { complaintsAbout, parseStatement, summaryOf } from './verify/statement.ts';
import { printable } from './waivers/entry.ts';

const options = {
  commit: { type: 'string', default: 'HEAD' },
  workspace: { type: 'string' },
  'max-age': { type: 'string', default: '7d' },
  'require-pass': { type: 'boolean', default: false },
  ...signatureOptions,
} as const;

export const verifyCommand: Command = {
  name: 'verify',
  usage: 'k8s-gate verify FILE --bundle FILE --identity PATTERN [options]',
  help: `Checks the attestation of a verdict, as written by \`k8s-gate check --output attestation=FILE\`: who signed it, that it is complete, about this commit,
recent, and that its verdict is pass or warn without errors. docs/attestation.md describes how to sign it.

Signature:
  --bundle FILE      Sigstore bundle, as actions/attest, \`gh attestation download\` and cosign write it.
  --repo OWNER/NAME  Or the attestations that GitHub keeps with this repository; needs GITHUB_TOKEN or GH_TOKEN.
  --identity PATTERN The workflow or person that must have signed; * is any run of characters. May be repeated.
  --issuer URL       Issuer of the identity. Default: https://token.actions.githubusercontent.com.
  --key FILE         A public key (PEM) that may have signed instead. May be repeated.
  --roots FILE       Trusted root of a private Sigstore (trusted_root.json). Default: the public Sigstore.
  --github-sigstore  GitHub's own Sigstore is accepted as well, which signs for private repositories.
  --no-refresh       The trusted root of this release is used; by default, the publisher's current one.
  --no-transparency-log  No proof of the transparency log is required.
  --unsigned         Instead of all these: the signature is checked elsewhere, or is not needed.

Content:
  --commit REV       The commit that is deployed. Default: HEAD of the workspace, which then must not have uncommitted changes.
  --workspace DIR    The repository. Default: the current folder.
  --max-age TIME     Maximum age of the verdict, such as 24h. Default: 7d.
  --require-pass     A verdict that warns is not accepted, nor one of a commit of which something was not evaluated.

Exit code: 0 accepted, 1 not accepted, 2 error (not an attestation, or its signature could not be checked).`,
  async run(args, context) {
    const { values, positionals } = parseFlags(verifyCommand, args, options);
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new GateError('INPUT_INVALID', {
        message: `verify: ${more.length > 0 ? 'more than one file' : 'no file'} is given`,
        expected: 'k8s-gate verify FILE',
      });
    requireSignatureFlags(values);
    const maxAgeMs = parseDuration(values['max-age']);
    if (maxAgeMs === undefined)
      throw new GateError('INPUT_INVALID', {
        message: `--max-age: \`${values['max-age']}\` is not a duration`,
        expected: 'for example 24h or 7d',
      });
    const content = Buffer.from(await context.ports.files.readBytes(path.resolve(context.cwd, file)));
    const statement = parseStatement(content.toString('utf8'), file);
    const workspace = path.resolve(context.cwd, values.workspace ?? '.');
    const place = { commit: await context.ports.git.resolve(workspace, values.commit), maxAgeMs, now: context.ports.clock.now() };
    const signed =
      (values.bundle ?? values.repo) === undefined ? undefined : await judgeSignature({ name: file, content }, values, context);
    const complaints = [
      ...(signed?.status === 'refused' ? [signed.complaint] : []),
      ...complaintsAbout(statement, { ...place, requirePass: values['require-pass'] }),
      ...(values.commit === 'HEAD' ? await uncommitted(workspace, context) : []),
    ];
    if (complaints.length > 0) {
      for (const complaint of complaints) context.stdout(`${printable(`${file}: not accepted: ${complaint}`)}\n`);
      return 1;
    }
    const by = signed?.status === 'accepted' ? `, ${signed.by}` : '';
    context.stdout(`${printable(`${file}: ${summaryOf(statement)}${by}`)}\n`);
    if (values.unsigned || signed !== undefined) return 0;
    throw new GateError('INPUT_INVALID', {
      message: `${file}: its signature was not checked: anybody could have written it`,
      expected: 'a signature: --bundle FILE or --repo OWNER/NAME, with --identity PATTERN',
      next: 'Pass --unsigned if the signature is checked elsewhere.',
    });
  },
};

/** What is deployed from a work tree is not what was evaluated. */
async function uncommitted(workspace: string, { ports: { git } }: CommandContext): Promise<readonly string[]> {
  const changes = await git.changes(workspace);
  const tracked = changes?.filter((change) => change.tracked);
  return tracked === undefined || tracked.length > 0 ? ['the work tree has uncommitted changes'] : [];
}
