import { inParallel } from '../../model/concurrency.ts';
import { createCounter } from '../../model/counter.ts';
import { targetKey } from '../../model/engine-run.ts';
import { GateError, toGateError } from '../../model/gate-error.ts';
import type { Image } from '../../model/image.ts';
import { joined, type Part } from '../part.ts';
import { requireCanary } from './canary.ts';
import type { Found } from './candidate.ts';
import { problemFinding, refusedFinding } from './findings.ts';
import { judgeRule, type Problem, type ReadyRule } from './judge.ts';
import { type Context, hexOf, RefusedRegistry, resolveImage, unavailable, unavailableAtGitHub } from './registry.ts';
import type { coveredImages } from './rules.ts';
import { searchImage } from './search.ts';
import { sigstoreRoots } from './sigstore-roots.ts';
import { readRules, repositoryFiles } from './trust.ts';

type Covered = ReturnType<typeof coveredImages>[number];

/** Verifies each image against all of its rules. Loaded only if a rule matches: the libraries are large. */
export async function judgeImages(context: Context, covered: readonly Covered[]): Promise<Part> {
  const { ports, trusted, gateRoot, cacheDir, options, signal } = context;
  const roots = sigstoreRoots(ports, { gateRoot, cacheDir, refresh: options.refreshRoots, signal });
  // Each rule, not only those that match: a key that cannot be read would go unnoticed until it is needed.
  const ready = await readRules(options.rules, { roots, named: repositoryFiles(ports.files, trusted) });
  for (const one of ready.values()) requireCanary(one);
  const counter = createCounter(context.ports.log, 'signatures: images');
  counter.add(covered.length);
  const parts = await inParallel(options.parallel, covered, async ({ image, rules }) => {
    const target = { kind: 'image', reference: image.reference } as const;
    try {
      return await judgeImage(
        context,
        image,
        rules.flatMap((rule) => ready.get(rule) ?? []),
      );
    } catch (thrown) {
      if (thrown instanceof RefusedRegistry) return refused(image, thrown);
      const error = toGateError(thrown, 'ENGINE_FAILED');
      return { findings: [], coverage: [{ target, status: 'failed' as const, error }], notes: [] };
    } finally {
      counter.done();
    }
  });
  const all = joined(parts);
  return { ...all, notes: [...all.notes, ...roots.notes()] };
}

async function judgeImage(context: Context, image: Image, rules: readonly ReadyRule[]): Promise<Part> {
  const { reference } = image;
  context.progress(`image ${reference}`);
  const resolved = await resolveImage(context, image);
  const now = context.ports.clock.now();
  const problemsOf = (ready: ReadyRule, found: Found) => judgeRule(ready, hexOf(resolved), found, now);
  const searched = await searchImage(context, resolved, rules, (ready, found) => problemsOf(ready, found).length === 0);
  const problems = rules.flatMap((ready) =>
    problemsOf(ready, searched).map((problem) => ({ rule: ready.rule, problem: withKept(problem, searched.kept) })),
  );
  // What is missing may be among what could not be read; what is verified holds without it.
  if (problems.length > 0 && searched.refused !== undefined) throw new RefusedRegistry(searched.refused);
  if (problems.length > 0 && searched.unavailable !== undefined) throw unavailable(reference, searched.unavailable);
  const { keptUnavailable } = searched;
  if (problems.length > 0 && keptUnavailable !== undefined)
    throw unavailableAtGitHub(reference, keptUnavailable.repository, keptUnavailable.why);
  if (context.signal.aborted) throw new GateError('ENGINE_FAILED', { message: 'stopped before all images were verified' });
  return {
    findings: problems.map(({ rule, problem }) => problemFinding(reference, resolved.digest, rule, problem)),
    coverage: [{ target: { kind: 'image', reference }, status: 'evaluated' }],
    notes: [],
    digests: { [reference]: resolved.digest },
  };
}

/** GitHub does not distinguish a missing attestation from missing access. */
function withKept(problem: Problem, kept: readonly string[]): Problem {
  if (kept.length === 0 || problem.rule !== 'missing-attestation') return problem;
  return { ...problem, whys: [`neither in the registry nor at GitHub, in ${kept.join(', ')}, as far as the token may read it`] };
}

function refused({ reference }: Image, { refused: host }: RefusedRegistry): Part {
  const target = { kind: 'image', reference } as const;
  const reason = `no request is sent to ${host.host}, which ${host.why}`;
  return {
    findings: [refusedFinding(reference, host)],
    coverage: [{ target, status: 'not-applicable', reason }],
    notes: [],
    targetNotes: new Map([[targetKey(target), [`${reference}: not verified: ${reason}`]]]),
  };
}
