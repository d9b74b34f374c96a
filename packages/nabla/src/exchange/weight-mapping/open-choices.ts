/** Whether arrays that were taken in a file's order could have been taken in another one. */
import { count, listing } from "../../base/text.ts";
import { quoted } from "../quoted.ts";

/** A layer of ours and what it was given of a file. */
export interface Choice {
  /** Our layer, as "dense1". */
  readonly to: string;
  /** Where its layer stands among those of the file; undefined where none fitted. */
  readonly taken: number | undefined;
  /** Whether another layer of the file would have fitted by its roles and shapes. */
  readonly fits: (at: number) => boolean;
}

const MOST_NAMED = 3;

/**
 * A sentence for layers of a file that fit one layer of ours as well as each other, without names that count them in
 * the order in which they stand: undefined where every layer has its one place.
 */
export function openChoices(choices: readonly Choice[], names: readonly string[]): string | undefined {
  const takers = new Map(choices.flatMap((choice) => (choice.taken === undefined ? [] : [[choice.taken, choice]])));
  const open = choices.flatMap(({ to, taken, fits }) => {
    if (taken === undefined) return [];
    const others = names.flatMap((name, at) => {
      if (at === taken || !fits(at)) return [];
      const taker = takers.get(at);
      // one that another layer took is a choice only if that one could have had this
      if (taker !== undefined && !taker.fits(taken)) return [];
      return taker !== undefined && isCounted(names[taken] ?? "", name, taken < at) ? [] : [name];
    });
    return others.length === 0 ? [] : [{ to, names: [names[taken] ?? "", ...others] }];
  });
  if (open.length === 0) return undefined;
  const shown = open.slice(0, MOST_NAMED).map(({ to, names: fitting }) => {
    const more = fitting.length > MOST_NAMED ? [`${fitting.length - MOST_NAMED} more`] : [];
    return `${to} may be ${listing([...fitting.slice(0, MOST_NAMED).map(quoted), ...more], "or")}`;
  });
  const rest = open.length > MOST_NAMED ? `; and ${count(open.length - MOST_NAMED, "more layer")}` : "";
  return `shapes and names leave open which layer of the file is which, and they were taken in the file's order: ${shown.join("; ")}${rest}. Compare the table with the code that made the file`;
}

/** Whether two names differ in numbers alone, which count in the order in which the names stand. */
function isCounted(one: string, other: string, before: boolean): boolean {
  const [pattern, numbers] = parted(one);
  const [same, others] = parted(other);
  if (pattern !== same) return false;
  const at = numbers.findIndex((number, i) => number !== others[i]);
  return at >= 0 && (numbers[at] ?? 0) < (others[at] ?? 0) === before;
}

function parted(name: string): readonly [pattern: string, numbers: readonly number[]] {
  return [name.replace(/\d+/g, "#"), (name.match(/\d+/g) ?? []).map(Number)];
}
