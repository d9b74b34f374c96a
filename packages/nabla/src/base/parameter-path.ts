/**
 * Last names of parameters excluded from penalties and weight decay by default: they shift and scale, and hardly
 * overfit; waves whose frequencies shrink to 0 would be none.
 */
export const EXEMPT: readonly string[] = ["bias", "scale", "shift", "frequency", "phase"];

/** What paths begin with of numbers that a loss learns, which are no weights of a network. */
export const LEARNED_BY_LOSS = "loss.";

/**
 * Whether the parameter at `path` (`dense1.weights`) is none of `except`: last names, or paths in which `*` matches any
 * characters. What a loss learns never is.
 */
export function isPenalized(path: string, except: readonly string[] = EXEMPT): boolean {
  if (path.startsWith(LEARNED_BY_LOSS)) return false;
  const last = path.slice(path.lastIndexOf(".") + 1);
  return !except.some((one) => one === last || fits(one, path));
}

/** Whether a path matches a pattern in which `*` matches any characters. */
export function fits(pattern: string, path: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return path === pattern;
  const tail = rest.pop() ?? "";
  if (!path.startsWith(head) || !path.endsWith(tail) || path.length < head.length + tail.length) return false;
  let from = head.length;
  for (const part of rest) {
    const at = path.indexOf(part, from);
    if (at < 0 || at + part.length > path.length - tail.length) return false;
    from = at + part.length;
  }
  return true;
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
