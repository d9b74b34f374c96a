/** Drift of texts: of how long they are, and of the words that many of them have. */
import type { CategoryColumn, NumberColumn } from "../data/table.ts";
import { numberColumn } from "../data/table.ts";
import { textWords } from "../data/text-tokens.ts";

/** Words that are compared, the most frequent ones. */
const MOST_WORDS = 256;
/** A rarer word says nothing. */
const FEWEST_TEXTS = 10;

/** How many words each text has; a missing one is missing. */
export function textLengths({ name, codes, levels }: CategoryColumn): NumberColumn {
  const used = usedIn(codes, levels.length);
  const lengths = levels.map((text, code) => (used[code] === 0 ? 0 : textWords(text).length));
  return numberColumn(
    name,
    Float64Array.from(codes, (code) => lengths[code] ?? Number.NaN),
  );
}

/** How many texts of two columns have a word, and how many do not. */
export interface WordCounts {
  readonly word: string;
  readonly first: readonly [number, number];
  readonly second: readonly [number, number];
}

/** The most frequent words of two columns of texts, without those that all have. */
export function wordCounts(first: CategoryColumn, second: CategoryColumn): readonly WordCounts[] {
  const [a, b] = [textsWith(first), textsWith(second)];
  const total = (word: string): number => (a.texts.get(word) ?? 0) + (b.texts.get(word) ?? 0);
  const words = [...new Set([...a.texts.keys(), ...b.texts.keys()])]
    .filter((word) => total(word) >= FEWEST_TEXTS && total(word) < a.present + b.present)
    .sort((one, other) => total(other) - total(one) || (one < other ? -1 : 1))
    .slice(0, MOST_WORDS);
  const split = ({ texts, present }: WordTexts, word: string): readonly [number, number] => {
    const having = texts.get(word) ?? 0;
    return [having, present - having];
  };
  return words.map((word) => ({ word, first: split(a, word), second: split(b, word) }));
}

interface WordTexts {
  /** How many texts have a word. */
  readonly texts: ReadonlyMap<string, number>;
  readonly present: number;
}

function textsWith({ codes, levels }: CategoryColumn): WordTexts {
  const texts = new Map<string, number>();
  let present = 0;
  for (const [code, rows] of usedIn(codes, levels.length).entries()) {
    if (rows === 0) continue;
    present += rows;
    for (const word of new Set(textWords(levels[code] ?? ""))) texts.set(word, (texts.get(word) ?? 0) + rows);
  }
  return { texts, present };
}

/** How many rows have each level. */
function usedIn(codes: Int32Array, levels: number): Uint32Array {
  const used = new Uint32Array(levels);
  for (const code of codes) if (code >= 0) used[code] = (used[code] ?? 0) + 1;
  return used;
}
