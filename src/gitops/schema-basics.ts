import * as z from 'zod';
import type { JsonObject, JsonValue } from '../model/json.ts';

/** Argo CD and Flux read what YAML takes for a number as a text in these fields. */
export const text = z.union([z.string(), z.number(), z.bigint(), z.boolean()]).transform(String);

export const jsonValue: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.bigint(), z.string(), z.array(jsonValue), jsonObject]),
);
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), jsonValue);
