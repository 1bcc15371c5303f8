import { describe, expect, it } from 'vitest';
import { declaredFunctions, overloadsOf } from './check/declarations.ts';
import { macros as checkedMacros } from './check/macros.ts';
import tables from './kubernetes/declared.json' with { type: 'json' };
import { createLibrary } from './libraries.ts';

/** Evaluated by other code than the table of libraries. */
const operators = /^(?:_.*_|@in|in|_in_|!_|-_|_\?_:_|_\[.*\]|or|orValue)$/;
/** What macros are expanded to in cel-go; no policy can call them. */
const internal = /^(?:cel\.@mapInsert|@sortByAssociatedKeys|@not_strictly_false|__not_strictly_false__)$/;
/** Their answers are known only to a cluster: an expression that reads `authorizer` is not evaluated. */
const authorizer = /^(?:authorizer_|pathcheck_|groupcheck_|resourcecheck_|decision_)/;

describe('the declarations of an API server', () => {
  const library = createLibrary(() => {});
  const declared = declaredFunctions().flatMap((name) => (overloadsOf(name) ?? []).map(({ id }) => ({ name, id })));

  it('are those of Kubernetes 1.36', () => {
    expect(tables.libraries).toHaveLength(16);
    expect(declared.length).toBeGreaterThan(340);
  });

  it('have an implementation of each overload, except those that need a cluster', () => {
    const ordinary = declared.filter(({ name }) => !operators.test(name) && !internal.test(name));
    const missing = ordinary.filter(({ id }) => !Object.hasOwn(library, id) && !authorizer.test(id));
    expect(missing).toEqual([]);
    const needless = Object.keys(library).filter(
      (id) => !declared.some((overload) => overload.id === id) && !/jsonpatch/.test(id),
    );
    expect(needless).toEqual([]);
  });

  it('have a check of each macro', () => {
    const known = Object.keys(checkedMacros).filter((name) => !name.startsWith('k8s'));
    expect(known.toSorted()).toEqual(tables.macros.toSorted());
  });
});
