/** Numbers as people write them: lists of lists. */

/** A number, or lists of numbers that have one length at each depth. */
export type Nested = number | readonly Nested[];

/** Numbers in row-major order, with the shape of the lists that held them; undefined for anything else, and for ragged lists. */
export function unnested(
  value: unknown,
): { readonly shape: readonly number[]; readonly numbers: readonly number[] } | undefined {
  const shape: number[] = [];
  let flat: readonly unknown[] = [value];
  while (flat.some(Array.isArray)) {
    const length = (flat.find(Array.isArray) as readonly unknown[]).length;
    if (flat.some((item) => !Array.isArray(item) || item.length !== length)) return undefined;
    shape.push(length);
    flat = flat.flat();
  }
  return flat.every((item) => typeof item === "number") ? { shape, numbers: flat } : undefined;
}
