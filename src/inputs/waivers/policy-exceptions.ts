import { objectAt } from '../../model/field-path.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { PolicyFile } from '../../model/policy.ts';
import type { IgnoredStatement, Waiver, WaiverSet } from '../../model/waiver.ts';
import { addDays, dayOf, isDay } from './dates.ts';
import { exemptRules, type KyvernoRules, objectsIn, rulesOf } from './exempt-rules.ts';

const maxDays = 366;

type Found = { readonly waiver: Waiver } | { readonly ignored: IgnoredStatement };

/**
 * The waivers, and those of Kyverno's PolicyExceptions among the policies. Policies come from the base, so a change cannot exempt itself. An
 * exception that the gate cannot limit to what a cluster exempts, or without an owner and an end, waives nothing and is listed with the reason.
 */
export function withExceptions(waivers: WaiverSet, policies: readonly PolicyFile[], today: Date): WaiverSet {
  const objects = objectsIn(policies);
  const exceptions = objects.filter(({ object }) => isException(object));
  if (exceptions.length === 0) return waivers;
  const rules = rulesOf(objects);
  const found = exceptions.map(({ object, file, line }): Found => read(object, { file, line }, rules, today));
  return {
    ...waivers,
    waivers: [...waivers.waivers, ...found.flatMap((one) => ('waiver' in one ? [one.waiver] : []))],
    ignored: [...(waivers.ignored ?? []), ...found.flatMap((one) => ('ignored' in one ? [one.ignored] : []))],
  };
}

function isException({ kind, apiVersion }: JsonObject): boolean {
  return kind === 'PolicyException' && typeof apiVersion === 'string' && /^(?:policies\.)?kyverno\.io\//.test(apiVersion);
}

function read(object: JsonObject, at: Pick<IgnoredStatement, 'file' | 'line'>, rules: KyvernoRules, today: Date): Found {
  const { name, namespace, annotations } = objectAt(object, 'metadata');
  const label = `PolicyException ${typeof namespace === 'string' ? `${namespace}/` : ''}${String(name)}`;
  const note = (key: string) => {
    const value = isObject(annotations) ? annotations[`k8s-gate.io/${key}`] : undefined;
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const [owner, expires] = [note('owner'), note('expires')];
  const refuse = (reason: string): Found => ({ ignored: { ...at, reason: `${label}: ${reason}` } });
  if (owner === undefined || expires === undefined)
    return refuse('a waiver needs an owner and an end: add the annotations `k8s-gate.io/owner` and `k8s-gate.io/expires`');
  if (!isDay(expires)) return refuse(`\`k8s-gate.io/expires\` is ${expires.slice(0, 40)}; expected a day such as 2027-01-31`);
  const latest = dayOf(addDays(today, maxDays));
  if (expires > latest)
    return refuse(`\`k8s-gate.io/expires\` is more than ${maxDays} days ahead; expected ${latest} at the latest`);
  const exempt = exemptRules(object, rules);
  if ('problem' in exempt) return refuse(exempt.problem);
  const [first] = exempt.pairs;
  if (first === undefined) return refuse('it exempts no rule of the policies here');
  const reason = note('reason') ?? `exempted by ${label} of Kyverno`;
  const rest = exempt.pairs.length === 1 ? {} : { pairs: exempt.pairs };
  return { waiver: { ...first, ...rest, reason, owner, expires, source: 'kyverno', ...at } };
}

/** The notes of exceptions without effect, for reports. */
export function exceptionNotes(policies: readonly PolicyFile[], today: Date): readonly string[] {
  const { ignored = [] } = withExceptions({ waivers: [], selfWaiver: 'deny' }, policies, today);
  return ignored.map(({ file, line, reason }) => `${file}:${line}: waives nothing: ${reason}`);
}
