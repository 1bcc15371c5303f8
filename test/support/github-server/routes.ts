import type { Route, Routes } from './api.ts';
import { checkRoutes } from './checks.ts';
import { commentRoutes } from './comments.ts';
import { contentRoutes } from './content.ts';
import { pullRoutes } from './pulls.ts';

const routes: Routes = { ...commentRoutes, ...checkRoutes, ...pullRoutes, ...contentRoutes };

const patterns = Object.entries(routes).map(([name, route]) => {
  const [method = '', template = ''] = name.split(' ');
  // The path of a file has several segments, written with / or %2F.
  const source = template.replace(/\{(\w+)\}/g, (_, key: string) => `(?<${key}>${key === 'path' ? '.+' : '[^/]+'})`);
  return { name, route, method, pattern: new RegExp(`^${source}$`) };
});

export interface Matched {
  readonly name: string;
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

/** @param pathname As it was sent, still encoded. */
export function match(method: string, pathname: string): Matched | undefined {
  for (const { name, route, pattern, method: wanted } of patterns) {
    const found = wanted === method ? pattern.exec(pathname) : null;
    if (found === null) continue;
    const path = Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)] as const);
    return { name, route, path: Object.fromEntries(path) };
  }
  return undefined;
}
