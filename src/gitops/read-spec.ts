import type * as z from 'zod';
import { type FieldPath, valueAt } from '../model/field-path.ts';
import type { JsonObject } from '../model/json.ts';
import { schemaProblems } from '../model/schema-problem.ts';
import type { Unreadable } from './deployable.ts';

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly unreadable: Unreadable };

/** A field of a pointer by its schema; what does not fit is reported at the field that is wrong. */
export function readSpec<T>(object: JsonObject, at: FieldPath, schema: z.ZodType<T>): Read<T> {
  const parsed = schema.safeParse(valueAt(object, at) ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  const [{ path, message }] = schemaProblems(parsed.error, { schema, prefix: at });
  return { ok: false, unreadable: { at: path, reason: message } };
}
