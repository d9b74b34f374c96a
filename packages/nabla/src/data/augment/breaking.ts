import { listing } from "../../base/text.ts";
import type { Augmentation, Turn } from "./augmentation.ts";

type Pair = readonly [string, string];

/** Which labels become another one's. Digits and letters as they are written, and words for sides. */
const pairs: Readonly<Record<Turn, readonly Pair[]>> = {
  horizontal: [
    ["6", "9"],
    ["2", "5"],
    ["b", "d"],
    ["p", "q"],
    ["left", "right"],
    ["east", "west"],
  ],
  vertical: [
    ["6", "9"],
    ["2", "5"],
    ["b", "p"],
    ["d", "q"],
    ["m", "w"],
    ["n", "u"],
    ["up", "down"],
    ["top", "bottom"],
    ["north", "south"],
  ],
  half: [
    ["6", "9"],
    ["b", "q"],
    ["d", "p"],
    ["m", "w"],
    ["n", "u"],
    ["left", "right"],
    ["up", "down"],
  ],
};

/** Warns, one sentence an augmentation, of classes whose pictures another class's label would fit after it. */
export function brokenLabels(list: readonly Augmentation[], classes: readonly string[]): readonly string[] {
  const names = new Set(classes.map((name) => name.toLowerCase()));
  return list.flatMap(({ kind, turns = [] }) => {
    const found = turns.flatMap((turn) => pairs[turn]).filter(([a, b]) => names.has(a) && names.has(b));
    if (found.length === 0) return [];
    const shown = listing(found.map(([a, b]) => `${a} and ${b}`));
    return [`${kind} changes labels: after it, ${shown} look alike; do not use it for such classes`];
  });
}
