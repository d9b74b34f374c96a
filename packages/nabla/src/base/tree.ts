/** Nested records of values: the parameters of a model, the slots of an optimizer. Saving, checking and printing walk them alike. */
export type Tree<T> = { readonly [name: string]: T | Tree<T> };

/** The values of a tree under their paths (`dense1.weights`), depth first in order of insertion. */
export function leaves<T extends object>(
  tree: Tree<T>,
  isLeaf: (value: T | Tree<T>) => value is T,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  collect(tree, "", found, isLeaf);
  return found;
}

// Trees are as deep as layers are nested, a handful of levels: recursion is safe here, unlike over graphs.
function collect<T>(
  tree: Tree<T>,
  prefix: string,
  into: Map<string, T>,
  isLeaf: (value: T | Tree<T>) => value is T,
): void {
  for (const [name, value] of Object.entries(tree)) {
    if (isLeaf(value)) into.set(prefix + name, value);
    else collect(value, `${prefix}${name}.`, into, isLeaf);
  }
}
