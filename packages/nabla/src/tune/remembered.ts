/**
 * Caches what was last computed from a list of trials, which all trials of a round share, as long as the rest is the
 * same too; it changes no result.
 */
export function remembered<A extends object, Rest extends readonly unknown[], B>(
  compute: (from: A, ...rest: Rest) => B,
): (from: A, ...rest: Rest) => B {
  const known = new WeakMap<A, { readonly rest: Rest; readonly result: B }>();
  return (from, ...rest) => {
    const found = known.get(from);
    if (found?.rest.every((each, i) => Object.is(each, rest[i]))) return found.result;
    const result = compute(from, ...rest);
    known.set(from, { rest, result });
    return result;
  };
}
