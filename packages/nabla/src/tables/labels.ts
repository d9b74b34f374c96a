/** Columns whose cells hold any number of labels, such as `red|round`. */
import { labelsIn } from "../data/joint-targets.ts";
import type { CountedText } from "../reading/decision.ts";

/** What may stand between labels, the clearest first. */
const SEPARATORS = ["|", ";", ","] as const;

/** A cell of names has few words; one of more is a sentence with commas in it. */
const MOST_WORDS = 4;

/** Each label occurs so often at least, in the mean. */
const FEWEST_EACH = 2;

/**
 * What separates the labels in the cells of a column; undefined for one that holds a name in each. Cells are labels where their
 * parts recur in other combinations: there are fewer parts than combinations of them, as in red, round and red|round, but not in
 * "Paris, France" and "Rome, Italy".
 */
export function labelSeparator(cells: readonly CountedText[]): string | undefined {
  return SEPARATORS.find((separator) => {
    const parts = cells.map(({ text }) => labelsIn(text, separator));
    if (!parts.some((some) => some.length > 1)) return false;
    const labels = new Set(parts.flat());
    const occurrences = cells.reduce((sum, { count }, i) => sum + count * (parts[i]?.length ?? 0), 0);
    const short = [...labels].every((label) => label.split(/\s+/).length <= MOST_WORDS);
    return short && labels.size < cells.length && occurrences >= FEWEST_EACH * labels.size;
  });
}
