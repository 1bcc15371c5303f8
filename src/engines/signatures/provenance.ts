import * as z from 'zod';
import type { CertificateFacts } from './certificate.ts';
import type { Claim } from './claim.ts';
import type { ProvenanceRule } from './options.ts';
import { listOf, matchesAny } from './rules.ts';

/** Where and by what an image was built. */
interface Provenance {
  readonly builder: string | undefined;
  readonly buildType: string | undefined;
  /** `https://github.com/org/app` */
  readonly source: string | undefined;
  /** `refs/heads/main` */
  readonly ref: string | undefined;
}

const uri = z.object({ uri: z.string().optional() }).optional();
/** https://slsa.dev/spec/v0.2/provenance */
const version02 = z.object({
  builder: z.object({ id: z.string() }).optional(),
  buildType: z.string().optional(),
  invocation: z.object({ configSource: uri }).optional(),
});
/** https://slsa.dev/spec/v1.0/provenance; external parameters by https://actions.github.io/buildtypes/workflow/v1 and slsa-github-generator. */
const version1 = z.object({
  buildDefinition: z.object({
    buildType: z.string().optional(),
    externalParameters: z
      .object({
        workflow: z.object({ repository: z.string().optional(), ref: z.string().optional() }).optional(),
        source: z.union([z.string(), z.object({ uri: z.string() })]).optional(),
      })
      .optional(),
  }),
  runDetails: z.object({ builder: z.object({ id: z.string() }).optional() }).optional(),
});

export const provenanceTypes: readonly string[] = ['https://slsa.dev/provenance/v0.2', 'https://slsa.dev/provenance/v1'];

/** The reasons why a verified provenance is not as the rule requires; none if it is. Throws if the predicate is not SLSA provenance. */
export function provenanceFaults(
  { predicateType, predicate }: Claim,
  certificate: CertificateFacts | undefined,
  rule: ProvenanceRule,
): readonly string[] {
  const stated = predicateType === provenanceTypes[0] ? read02(predicate) : read1(predicate);
  return [
    ...compare('builder', rule.builder, stated.builder),
    ...compare('build type', rule.buildType, stated.buildType),
    ...compare('source repository', rule.source, stated.source),
    ...compareRef(rule, stated.ref),
    // A workflow writes its provenance itself, but not its certificate.
    ...(certificate?.source === undefined
      ? []
      : compare('source repository of the certificate', rule.source, certificate.source)),
    ...(certificate?.ref === undefined ? [] : compareRef(rule, certificate.ref, ' of the certificate')),
  ];
}

function read02(predicate: unknown): Provenance {
  const { builder, buildType, invocation } = version02.parse(predicate);
  return { builder: builder?.id, buildType, ...parseSource(invocation?.configSource?.uri) };
}

function read1(predicate: unknown): Provenance {
  const { buildDefinition, runDetails } = version1.parse(predicate);
  const { workflow, source } = buildDefinition.externalParameters ?? {};
  const given = parseSource(typeof source === 'string' ? source : source?.uri);
  const own = parseSource(workflow?.repository);
  return {
    builder: runDetails?.builder?.id,
    buildType: buildDefinition.buildType,
    source: own.source ?? given.source,
    ref: workflow?.ref ?? own.ref ?? given.ref,
  };
}

/** `git+https://github.com/org/app.git@refs/heads/main` (SPDX), or `…#refs/heads/main` (BuildKit). */
function parseSource(text: string | undefined): Pick<Provenance, 'source' | 'ref'> {
  const [, source, ref] = /^(?:git\+)?([^@#]+?)(?:\.git)?(?:[@#](.+))?$/.exec(text ?? '') ?? [];
  return { source, ref };
}

function compare(what: string, wanted: string | readonly string[] | undefined, found: string | undefined): readonly string[] {
  if (wanted === undefined || (found !== undefined && matchesAny(wanted, found))) return [];
  return [`the ${what} is ${quoted(found)}, not ${listOf(wanted).join(' or ')}`];
}

function compareRef({ branch, tag }: ProvenanceRule, ref: string | undefined, where = ''): readonly string[] {
  if (branch === undefined && tag === undefined) return [];
  const wanted = [
    ...listOf(branch ?? []).map((name) => `refs/heads/${name}`),
    ...listOf(tag ?? []).map((name) => `refs/tags/${name}`),
  ];
  return compare(`ref${where}`, wanted, ref);
}

function quoted(found: string | undefined): string {
  return found === undefined ? 'not stated' : found.slice(0, 200);
}
