import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** The objects of a folder of canonical files, by path below it. */
export function objectsIn(folder) {
  // Loading it takes as long as the rest of a start, and most starts do not need it.
  const { parse } = require('yaml');
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => ({ name, object: parse(readFileSync(path.join(folder, name), 'utf8')) }));
}

/** The one thing the fakes know to be bad. */
export function isPrivileged(object) {
  const spec = object.spec?.template?.spec ?? object.spec ?? {};
  return (spec.containers ?? []).some((container) => container.securityContext?.privileged === true);
}
