/** Last names of parameters that penalties and weight decay leave alone unless told otherwise: they shift and scale, and do not make a network wilder. */
const EXEMPT: readonly string[] = ["bias", "scale", "shift"];

/** Whether the parameter at `path` (`dense1.weights`) ends in none of the names in `except`. */
export function isPenalized(path: string, except: readonly string[] = EXEMPT): boolean {
  return !except.includes(path.slice(path.lastIndexOf(".") + 1));
}

/** Names for things in order, numbered among their kind: `dense1`, `relu1`, `dense2`. */
export function numbered(kinds: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return kinds.map((kind) => {
    const ordinal = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, ordinal);
    return `${kind}${ordinal}`;
  });
}
