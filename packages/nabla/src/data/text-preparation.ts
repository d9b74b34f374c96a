/** What is learned of a column of texts: which pieces occur, and how often. */
import { compact } from "../base/compact.ts";
import type { ColumnReading } from "./column-reading.ts";
import type { CategoryColumn } from "./table.ts";
import { TEXT_BUCKETS, type TextPieces, textPieces, textTokens } from "./text-tokens.ts";

/**
 * A text as the codes of its pieces and their weights: `length` codes, 0 where there are fewer pieces, and then as many weights.
 * The code of a piece is its place among `pieces`, from 1. Weights are those of TF-IDF, (1 + ln tf)·(1 + ln((1 + n) / (1 + df))), of
 * length 1 for words and characters together (Salton and Buckley 1988).
 */
export interface TextPreparation {
  readonly kind: "text";
  readonly name: string;
  readonly length: number;
  /** The texts of training. */
  readonly texts: number;
  /** Hashes of pieces, ascending. */
  readonly pieces: readonly number[];
  /** How many texts of training hold each. */
  readonly counts: readonly number[];
  /**
   * Whether a text is its words in order: `length` codes without weights, one more than there are pieces for a word that is not
   * among them, and what is left of the length 0. Absent: pieces in no order, with weights.
   */
  readonly ordered?: true;
  /** How the column was read; absent where texts came from a program. */
  readonly reading?: ColumnReading;
}

/** What is known of a column of texts so far. */
export interface TextTally {
  texts: number;
  /** How many texts hold a piece, by hash. */
  readonly counts: Uint32Array;
  /** How many texts have so many different pieces, the last for more. */
  readonly sizes: Uint32Array;
  /** Whether words in order are counted, instead of pieces. */
  readonly ordered: boolean;
}

/** The most pieces that a text is known by; of longer ones those of the largest weights count. */
const MOST_CODES = 512;
/** The most words of a text in order, of which the first ones count: each costs a step. */
const MOST_WORDS = 128;
/** A piece of one text alone tells nothing about others. */
const FEWEST_TEXTS = 2;
/** The most pieces of a column, so that a step of training stays quick. */
export const MOST_PIECES = 2 ** 15;
/** This share of the texts keeps all pieces. */
const WHOLE = 0.99;

/** A tally of nothing. */
export function noTexts(ordered = false): TextTally {
  return { ordered, texts: 0, counts: new Uint32Array(TEXT_BUCKETS), sizes: new Uint32Array(MOST_CODES + 1) };
}

/** Counts the texts of these rows too. */
export function tallyTexts(tally: TextTally, { codes, levels }: CategoryColumn): TextTally {
  const rows = new Uint32Array(levels.length);
  for (const code of codes) if (code >= 0) rows[code] = (rows[code] ?? 0) + 1;
  for (const [code, text] of levels.entries()) {
    const times = rows[code] ?? 0;
    if (times === 0) continue;
    const [pieces, length] = tally.ordered ? wordsOf(text) : piecesOf(text);
    for (const piece of pieces) tally.counts[piece] = (tally.counts[piece] ?? 0) + times;
    const size = Math.min(length, tally.ordered ? MOST_WORDS : MOST_CODES);
    tally.sizes[size] = (tally.sizes[size] ?? 0) + times;
    tally.texts += times;
  }
  return tally;
}

/** The different pieces of a text, and how many codes it takes. */
type Counted = readonly [pieces: readonly number[], length: number];

function piecesOf(text: string): Counted {
  const { words, characters } = textPieces(text);
  const pieces = [...words.keys(), ...characters.keys()];
  return [pieces, pieces.length];
}

function wordsOf(text: string): Counted {
  const words = textTokens(text);
  return [[...new Set(words)], words.length];
}

/** How texts become inputs; undefined where no piece is in two of them. */
export function textPreparation(
  { name, reading }: { readonly name: string; readonly reading: ColumnReading | undefined },
  { texts, counts, sizes, ordered }: TextTally,
  most: number,
): TextPreparation | undefined {
  const found: number[] = [];
  for (let piece = 0; piece < TEXT_BUCKETS; piece++) if ((counts[piece] ?? 0) >= FEWEST_TEXTS) found.push(piece);
  if (found.length === 0) return undefined;
  const frequent = found.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b).slice(0, most);
  const pieces = frequent.sort((a, b) => a - b);
  return compact({
    kind: "text",
    name,
    length: sizeOfMost(sizes, texts),
    texts,
    pieces,
    counts: pieces.map((piece) => counts[piece] ?? 0),
    ordered: ordered ? true : undefined,
    reading,
  });
}

/** The pieces of nearly all texts. */
function sizeOfMost(sizes: Uint32Array, texts: number): number {
  let seen = 0;
  for (const [size, found] of sizes.entries()) {
    seen += found;
    if (seen >= WHOLE * texts) return Math.max(1, size);
  }
  return MOST_CODES;
}

/** A piece of a text by its code, and what it weighs. */
interface Weighted {
  readonly code: number;
  readonly weight: number;
}

/** The code of each piece by its hash, 0 of one that is none: a place in an array is found several times as fast as one in a map. */
function codesByHash(pieces: readonly number[]): Int32Array {
  const codes = new Int32Array(TEXT_BUCKETS);
  for (const [i, piece] of pieces.entries()) codes[piece] = i + 1;
  return codes;
}

/** Gives the codes of the words of texts, in order. */
export function wordEncoder({ pieces, length }: TextPreparation): (text: string) => readonly number[] {
  const codes = codesByHash(pieces);
  return (text) =>
    textTokens(text)
      .slice(0, length)
      .map((word) => codes[word] || pieces.length + 1);
}

/** Gives the codes and weights of texts, the largest weights first where there are too many, else by code. */
export function textEncoder(preparation: TextPreparation): (text: string) => readonly Weighted[] {
  const { pieces, counts, texts, length: most } = preparation;
  const codes = codesByHash(pieces);
  const rarity = counts.map((count) => 1 + Math.log((1 + texts) / (1 + count)));
  const weigh = (found: TextPieces["words"]): readonly Weighted[] => {
    const weighted: { code: number; weight: number }[] = [];
    let square = 0;
    for (const [piece, times] of found) {
      const code = codes[piece] ?? 0;
      if (code === 0) continue;
      const weight = (times === 1 ? 1 : 1 + Math.log(times)) * (rarity[code - 1] ?? 0);
      weighted.push({ code, weight });
      square += weight * weight;
    }
    const length = Math.sqrt(2 * square);
    for (const one of weighted) one.weight /= length;
    return weighted;
  };
  return (text) => {
    const { words, characters } = textPieces(text);
    const all = [...weigh(words), ...weigh(characters)];
    if (all.length <= most) return all;
    return all.sort((a, b) => b.weight - a.weight || a.code - b.code).slice(0, most);
  };
}
