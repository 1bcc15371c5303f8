import type { Spend } from '../budget.ts';

/** One overload of a function, on values of the types that it declares. Throws EvaluationError. */
// biome-ignore lint/suspicious/noExplicitAny: the table of declarations lists the types of the arguments, and functions.ts checks each of them.
export type Implementation = (...values: any[]) => unknown;

/**
 * Functions of CEL by the id of each overload, as an API server declares them: kubernetes/declared.json is the list, and a test compares it
 * with these tables.
 */
export type Library = Readonly<Record<string, Implementation>>;

/** `spend` charges what a function costs beyond the length of its arguments and result, for which meter.ts charges. */
export type CreateLibrary = (spend: Spend) => Library;
