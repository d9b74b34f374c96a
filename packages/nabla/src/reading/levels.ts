/** The levels of a category: which cells are the same however they are written. */
import type { CategoryReading } from "../data/column-reading.ts";
import { plainCharacters } from "./characters.ts";
import type { CountedText } from "./decision.ts";
import { truthOf } from "./truth.ts";

const PLAIN = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?$/;

/** What two cells of a category share when they are one level. */
export function levelKey(text: string, { truth, numeric, merged }: CategoryReading): string {
  if (truth === true) {
    const found = truthOf(text);
    if (found !== undefined) return found ? "true" : "false";
  }
  if (numeric === true && PLAIN.test(text)) return String(Number(text));
  // é is one character in some files, and e with an accent after it in others
  return merged === true ? mergedKey(text) : text.normalize("NFC");
}

/** A text without what tells careless spellings apart: case, blanks and a last dot. */
export function mergedKey(text: string): string {
  return plainCharacters(text)
    .normalize("NFC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/\s*\.$/, "");
}

/** Items by their keys, in the order in which these first occur. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** One level with the texts that stand for it. */
export interface LevelGroup extends CountedText {
  readonly spellings: readonly CountedText[];
}

/** Groups the cells of a category into levels, each spelled as most of its cells are. */
export function levelGroups(cells: readonly CountedText[], reading: CategoryReading): readonly LevelGroup[] {
  const groups = groupedBy(cells, ({ text }) => levelKey(text, reading));
  const found = [...groups.values()].map((spellings): LevelGroup => {
    const [first] = spellings.toSorted((a, b) => b.count - a.count);
    return { text: first?.text ?? "", count: spellings.reduce((sum, { count }) => sum + count, 0), spellings };
  });
  return reading.truth === true ? sortTruths(found) : sortLevelGroups(found);
}

/** No before yes, and what means neither after them. */
function sortTruths(levels: readonly LevelGroup[]): readonly LevelGroup[] {
  const place = ({ text }: CountedText): number =>
    [false, true].indexOf(truthOf(text) ?? true) + (truthOf(text) === undefined ? 1 : 0);
  return levels.toSorted((a, b) => place(a) - place(b) || (a.text < b.text ? -1 : 1));
}

/** Levels in order: by value where all are numbers, by character otherwise. */
function sortLevelGroups(levels: readonly LevelGroup[]): readonly LevelGroup[] {
  const numeric = levels.every(({ text }) => text !== "" && Number.isFinite(Number(text)));
  const byName = (a: CountedText, b: CountedText): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
  return levels.toSorted(numeric ? (a, b) => Number(a.text) - Number(b.text) || byName(a, b) : byName);
}
