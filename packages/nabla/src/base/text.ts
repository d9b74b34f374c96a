/** Levenshtein's distance between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Up to `most` of `names`, those that a mistyped `name` most likely meant first. */
export function nearest(name: string, names: readonly string[], most = 3): readonly string[] {
  const wanted = name.toLowerCase();
  const score = (candidate: string): number => {
    const other = candidate.toLowerCase();
    return other.includes(wanted) || wanted.includes(other)
      ? 0.5
      : editDistance(wanted, other) / Math.max(wanted.length, 1);
  };
  return names
    .map((candidate) => ({ candidate, score: score(candidate) }))
    .sort((a, b) => a.score - b.score)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/**
 * A number as text with its thousands apart: `12,345`, `0.25`; so many digits follow the point at most. It is what
 * `toLocaleString("en-US")` gives, whose tables take a process longer to load than a short command runs otherwise.
 */
export function grouped(value: number, digits = 3): string {
  const [, sign = "", whole, fraction = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(String(value)) ?? [];
  if (whole === undefined || fraction.length > digits + 1 || Object.is(value, -0))
    return value.toLocaleString("en-US", { maximumFractionDigits: digits });
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, ",")}${fraction}`;
}

/** `1 row`, `1,797 rows`. */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** `a, b and c`. */
export function listing(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/**
 * A share with so many digits: `12.3%`. From ten on, as 1 - R² may be where a network does worse than the mean, it is a
 * ratio such as `4.3e10` with what it means; what is not finite is `not measurable`.
 */
export function shareText(share: number, digits = 3): string {
  if (!Number.isFinite(share)) return "not measurable";
  if (Math.abs(share) < MOST_PERCENT) return `${Number((share * 100).toPrecision(digits))}%`;
  const ratio = Number(share.toPrecision(digits));
  const short = Math.abs(ratio) < 1e5 ? String(ratio) : ratio.toExponential().replace("e+", "e");
  return `${short} times the variance`;
}

/** From this ratio on (1000%) a percentage is no number that anybody reads. */
const MOST_PERCENT = 10;
