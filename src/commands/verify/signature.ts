import { createHash } from 'node:crypto';
import path from 'node:path';
import { GateError } from '../../model/gate-error.ts';
import { reportMaxBytes } from '../../model/untrusted-json.ts';
import { verdictPredicateType } from '../../model/verdict-statement.ts';
import type { CommandContext } from '../command.ts';
import { printable } from '../waivers/entry.ts';

const githubIssuer = 'https://token.actions.githubusercontent.com';

export const signatureOptions = {
  bundle: { type: 'string' },
  repo: { type: 'string' },
  identity: { type: 'string', multiple: true },
  issuer: { type: 'string' },
  key: { type: 'string', multiple: true },
  roots: { type: 'string' },
  'no-transparency-log': { type: 'boolean', default: false },
  'github-sigstore': { type: 'boolean', default: false },
  'no-refresh': { type: 'boolean', default: false },
  unsigned: { type: 'boolean', default: false },
} as const;

export interface SignatureFlags {
  readonly bundle?: string | undefined;
  readonly repo?: string | undefined;
  readonly identity?: readonly string[] | undefined;
  readonly issuer?: string | undefined;
  readonly key?: readonly string[] | undefined;
  readonly roots?: string | undefined;
  readonly 'no-transparency-log': boolean;
  readonly 'github-sigstore': boolean;
  readonly 'no-refresh': boolean;
  readonly unsigned: boolean;
}

/** Flags that belong together; nothing is read yet. Throws INPUT_INVALID. */
export function requireSignatureFlags(flags: SignatureFlags): void {
  const { bundle, repo, identity = [], issuer, key = [], roots, unsigned } = flags;
  const about = [
    ...identity.map(() => '--identity'),
    ...key.map(() => '--key'),
    ...(issuer === undefined ? [] : ['--issuer']),
    ...(roots === undefined ? [] : ['--roots']),
    ...(['no-transparency-log', 'github-sigstore', 'no-refresh'] as const).flatMap((flag) => (flags[flag] ? [`--${flag}`] : [])),
  ];
  if (bundle === undefined && repo === undefined) {
    if (about[0] !== undefined)
      throw invalid(`${about[0]} is about a signature, and none is given`, '--bundle FILE or --repo OWNER/NAME as well');
    return;
  }
  const source = bundle === undefined ? '--repo' : '--bundle';
  if (bundle !== undefined && repo !== undefined) throw invalid('--bundle and --repo are both given', 'one of them');
  if (repo !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repo))
    throw invalid(`--repo: \`${repo}\` is not a repository`, 'OWNER/NAME');
  if (unsigned) throw invalid(`${source} and --unsigned contradict each other`, 'one of them');
  if (identity.length + key.length === 0)
    throw invalid(`${source}: anybody can sign, and no signer is given that is accepted`, '--identity PATTERN or --key FILE');
  for (const [flag, values] of Object.entries({ bundle: [bundle], identity, key, roots: roots === undefined ? [] : [roots] }))
    if (values.includes(''))
      throw invalid(`--${flag} is empty`, flag === 'identity' ? 'an email address, a URL or a pattern' : 'a file');
  if (issuer !== undefined && !(/^https?:/.test(issuer) && URL.canParse(issuer)))
    throw invalid(`--issuer is not a URL: ${printable(issuer)}`, `the OIDC issuer of the certificate, such as ${githubIssuer}`);
  if (issuer !== undefined && identity.length === 0) throw invalid('--issuer is given without --identity', 'both');
}

export type Signed =
  | { readonly status: 'accepted'; readonly by: string }
  | { readonly status: 'refused'; readonly complaint: string };

/**
 * Who signed the file, by the bundle. Throws what keeps it from being verified, whoever signed: a file that is missing or too large, no bundle,
 * no key, a clock that is wrong.
 */
export async function judgeSignature(
  file: { readonly name: string; readonly content: Buffer },
  flags: SignatureFlags,
  context: CommandContext,
): Promise<Signed> {
  const { cwd, gateRoot, ports, signal } = context;
  const { files, clock } = ports;
  const { cacheDirOf } = await import('../tools.ts');
  const { sigstoreRoots } = await import('../../engines/signatures/sigstore-roots.ts');
  const { judgeFile } = await import('../../engines/signatures/judge-file.ts');
  const { identity = [], issuer = githubIssuer, key = [], roots } = flags;
  const read = async (name: string): Promise<string> => {
    const place = path.resolve(cwd, name);
    if (((await files.stat(place))?.size ?? 0) <= reportMaxBytes) return files.readText(place);
    throw new GateError('REPORT_UNTRUSTED', { file: name, message: 'is too large to be read', expected: '20 MB at most' });
  };
  const { bundle, repo = '' } = flags;
  const bundles = bundle === undefined ? await bundlesOf(file.content, repo, context) : await read(bundle);
  const source = bundle ?? `the attestations in ${repo}`;
  const cacheDir = cacheDirOf(undefined, context);
  const known = sigstoreRoots(ports, { gateRoot, cacheDir, refresh: !flags['no-refresh'], signal });
  const result = await judgeFile(
    {
      content: file.content,
      bundles,
      predicateType: verdictPredicateType,
      signers: {
        signedBy: identity.length === 0 ? [] : [{ issuer, identity: [...identity] }],
        keys: key.map((name) => ({ file: name })),
        roots,
        githubSigstore: flags['github-sigstore'],
        transparencyLog: !flags['no-transparency-log'],
      },
    },
    {
      roots: known,
      named: read,
      now: clock.now(),
    },
  );
  for (const note of known.notes()) ports.log.warn(note);
  if (result.ok) {
    const { by, time } = result;
    return { status: 'accepted', by: `signed by ${by}${time === undefined ? '' : ` at ${time.toISOString()}`}` };
  }
  const { rule, whys } = result.problem;
  const why = whys.map((one) => one.slice(0, 400)).join('; ');
  if (rule === 'unreadable')
    throw new GateError('REPORT_UNTRUSTED', {
      message: `${source}: there is no signature that can be read: ${why}`,
      expected: 'a Sigstore bundle, JSON or JSON lines',
      next: `Pass what actions/attest writes (its output \`bundle-path\`), or \`gh attestation download ${file.name} --repo OWNER/NAME\`.`,
    });
  return { status: 'refused', complaint: whys.length === 0 ? `${source} has no signature of it` : why };
}

/** One per line. */
async function bundlesOf(content: Buffer, repo: string, { connectGitHub }: CommandContext): Promise<string> {
  if (connectGitHub === undefined) throw invalid('--repo: GitHub is not available here', '--bundle FILE');
  const digest = createHash('sha256').update(content).digest('hex');
  const found = await (await connectGitHub(repo))
    .attestations(`sha256:${digest}`, verdictPredicateType)
    .catch((thrown: unknown) => {
      throw new GateError('REPORT_UNTRUSTED', {
        message: `the attestations in ${repo} could not be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        next: 'Check the token, or download the bundle and pass it as --bundle.',
      });
    });
  if (found.length > 0) return found.map((one) => ('bundle' in one ? one.bundle : JSON.stringify(one))).join('\n');
  throw new GateError('REPORT_UNTRUSTED', {
    message: `GitHub has no attestation of this file in ${repo}, or the token cannot read them`,
    expected: `one of the type ${verdictPredicateType}`,
    next: 'Check that the file was not changed since it was attested, and that the token has the permission `attestations: read`.',
  });
}

function invalid(message: string, expected: string): GateError {
  return new GateError('INPUT_INVALID', { message: `verify: ${message}`, expected });
}
