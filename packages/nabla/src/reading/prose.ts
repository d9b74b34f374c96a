/** Columns of texts: their words repeat, and their values hardly do. */

import { textWords } from "../data/text-tokens.ts";
import type { CountedText } from "./decision.ts";

/** What the words of a column are like. */
export interface Prose {
  /** Words in a cell, on average. */
  readonly words: number;
  /** In how many of the different texts a word is, on average. */
  readonly repeats: number;
}

/** Up to so many different values are kinds, whatever they are called. */
const MOST_KINDS = 50;
/** A cell has so many words on average: two are a name. */
const FEWEST_WORDS = 3;
/** Values of more rows than this are kinds too. */
const MOST_ROWS = 4;
/** This share of the cells has two words or more. */
const SPOKEN = 0.5;
/** A word is in so many texts on average, or the texts have little in common. */
const FEWEST_REPEATS = 1.2;
/** Where values repeat too, words do so much more often. */
const MORE_THAN_VALUES = 2;
/** So many different texts are enough to know. */
const SAMPLE = 10_000;

/** What a column's texts are like where their words tell more than the texts as names of kinds; otherwise undefined. */
export function proseIn(
  texts: readonly CountedText[],
  { present, distinct }: { readonly present: number; readonly distinct: number },
): Prose | undefined {
  const ownTexts = distinct * MORE_THAN_VALUES > present;
  if (!ownTexts && (distinct <= MOST_KINDS || distinct * MOST_ROWS < present)) return undefined;
  const step = Math.max(1, Math.floor(texts.length / SAMPLE));
  const sample = texts.filter((_, i) => i % step === 0);
  const different = new Set<string>();
  let [spoken, cells, words, inTexts] = [0, 0, 0, 0];
  for (const { text, count } of sample) {
    const found = textWords(text).filter((word) => /\p{L}/u.test(word));
    const own = new Set(found);
    for (const word of own) different.add(word);
    if (found.length > 1) spoken += count;
    words += count * found.length;
    inTexts += own.size;
    cells += count;
  }
  if (cells === 0 || spoken < SPOKEN * cells || words < FEWEST_WORDS * cells) return undefined;
  const repeats = inTexts / different.size;
  const least = Math.max(FEWEST_REPEATS, ownTexts ? 0 : (MORE_THAN_VALUES * present) / distinct);
  return repeats < least ? undefined : { words: words / cells, repeats };
}
