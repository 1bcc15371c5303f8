import * as z from 'zod';
import { containerKinds } from '../../model/image.ts';
import { text } from './schema-basics.ts';

/** What there was to look at, and what became of it: part of the machine format (schema.ts). */
export const ledgerRow = z.object({
  kind: z.enum(['file', 'resource', 'image', 'result', 'cluster']),
  label: text('Path, resource, image reference or node.'),
  source: text('Where a resource comes from: `shop/web.yaml:1`.').exactOptional(),
  entries: z
    .array(
      z.object({
        engine: text('Who looked.'),
        status: z.enum(['evaluated', 'not-applicable', 'skipped', 'failed']),
        reason: text('Why not, for all but `evaluated`.').exactOptional(),
      }),
    )
    .describe('What became of it, by engine. Empty: nobody looked.'),
});

export const imageRow = z.object({
  reference: text('As written in the manifests.'),
  uses: z
    .array(
      z.object({
        resource: text('Label of the resource.'),
        field: text('The field that names it.'),
        kind: z
          .enum(containerKinds)
          .describe('Kind of container; `volume` is a mounted image, `custom` a field of a custom resource.'),
        file: text('Relative to the workspace.'),
        line: z.int().positive().describe('From 1.'),
      }),
    )
    .describe('Every field that names it.'),
});
