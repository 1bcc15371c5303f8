import * as z from 'zod';
import { containerKinds } from '../../model/image.ts';
import { text } from './schema-basics.ts';

/** Targets, and which engines evaluated them: part of the machine format (schema.ts). */
export const coverageRow = z.object({
  kind: z.enum(['file', 'resource', 'image', 'result', 'cluster']),
  label: text('Path, resource, image reference or node.'),
  source: text('Where a resource comes from: `shop/web.yaml:1`.').exactOptional(),
  entries: z
    .array(
      z.object({
        engine: text('Id of the engine.'),
        status: z.enum(['evaluated', 'not-applicable', 'skipped', 'failed']),
        reason: text('Why it was not evaluated.').exactOptional(),
      }),
    )
    .describe('Its status, by engine. Empty if no engine evaluated it.'),
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
