import type { Action, Severity } from './severity.ts';

/** What must hold for a vulnerability, all of it. Each requirement makes a match rarer: less of them, or a lower bound, matches more. */
export interface Condition {
  /** Listed as exploited by KEV. */
  readonly kev?: true;
  /** Least EPSS score, from 0 to 1. */
  readonly epss?: number;
  /** Least number of days since it was published. */
  readonly age?: number;
  /** A fixed version is known. */
  readonly fixable?: true;
  /** A workload that runs it can be reached from outside the cluster. */
  readonly exposed?: true;
}

/** The first of block and warn with a condition that matches, else `otherwise`. */
export interface ConditionalAction {
  readonly block?: readonly Condition[];
  readonly warn?: readonly Condition[];
  readonly otherwise: Exclude<Action, 'block'>;
}
export type SeverityAction = Action | ConditionalAction;

/** A total record: a new severity does not compile until every policy has an action for it. */
export type SeverityPolicy = Readonly<Record<Severity, SeverityAction>>;

export function isConditional(action: SeverityAction): action is ConditionalAction {
  return typeof action !== 'string';
}

/** Whether some finding could get a looser action by `now` than by `was`. In doubt it could. */
export function isLooser(now: SeverityAction, was: SeverityAction): boolean {
  const [a, b] = [levelsOf(now), levelsOf(was)];
  return !(covers(a.block, b.block) && covers(a.warn, b.warn));
}

/** What blocks and warns wherever one of both does. */
export function stricterOf(one: SeverityAction, other: SeverityAction): SeverityAction {
  const [a, b] = [levelsOf(one), levelsOf(other)];
  const isAlways = (conditions: readonly Condition[]) => conditions.some((condition) => Object.keys(condition).length === 0);
  const block = [...a.block, ...b.block];
  const warn = [...a.warn, ...b.warn];
  if (isAlways(block)) return 'block';
  const otherwise = isAlways(warn) ? 'warn' : 'allow';
  if (block.length === 0 && (otherwise === 'warn' || warn.length === 0)) return otherwise;
  return { block, ...(otherwise === 'allow' && { warn }), otherwise };
}

/** In one line: `block if kev, epss >= 0.1; otherwise warn`. */
export function formatAction(action: SeverityAction): string {
  if (!isConditional(action)) return action;
  const parts = (['block', 'warn'] as const).flatMap((name) => {
    const conditions = action[name] ?? [];
    return conditions.length === 0 ? [] : [`${name} if ${conditions.map(formatCondition).join(', or if ')}`];
  });
  return [...parts, `otherwise ${action.otherwise}`].join('; ');
}

/** The data that policies need. */
export function neededBy(policies: readonly SeverityPolicy[]): Readonly<Record<'conditions' | 'kev' | 'epss', boolean>> {
  const conditions = policies
    .flatMap((policy) => Object.values(policy))
    .filter(isConditional)
    .flatMap(({ block = [], warn = [] }) => [...block, ...warn]);
  return {
    conditions: conditions.length > 0,
    kev: conditions.some(({ kev }) => kev === true),
    epss: conditions.some(({ epss }) => epss !== undefined),
  };
}

/** What blocks, and what at least warns. A condition without requirements always matches. */
function levelsOf(action: SeverityAction): Record<'block' | 'warn', readonly Condition[]> {
  if (!isConditional(action)) return { block: action === 'block' ? [{}] : [], warn: action === 'allow' ? [] : [{}] };
  const { block = [], warn = [], otherwise } = action;
  return { block, warn: [...block, ...warn, ...(otherwise === 'warn' ? [{}] : [])] };
}

function covers(now: readonly Condition[], was: readonly Condition[]): boolean {
  return was.every((condition) => now.some((other) => matchesWhenever(other, condition)));
}

/** Whether `wide` matches everything that `narrow` matches. */
function matchesWhenever(wide: Condition, narrow: Condition): boolean {
  return (
    (wide.kev === undefined || narrow.kev === true) &&
    (wide.fixable === undefined || narrow.fixable === true) &&
    (wide.exposed === undefined || narrow.exposed === true) &&
    atMost(wide.epss, narrow.epss) &&
    atMost(wide.age, narrow.age)
  );
}

/** A lower bound that everything above the other one meets. */
function atMost(wide: number | undefined, narrow: number | undefined): boolean {
  return wide === undefined || (narrow !== undefined && wide <= narrow);
}

function formatCondition({ kev, epss, age, fixable, exposed }: Condition): string {
  return [
    ...(kev ? ['kev'] : []),
    ...(epss === undefined ? [] : [`epss >= ${epss}`]),
    ...(age === undefined ? [] : [`age > ${age}d`]),
    ...(fixable ? ['fixable'] : []),
    ...(exposed ? ['exposed'] : []),
  ].join(' and ');
}
