/**
 * Texts as hashed pieces: words, pairs of neighboring words, and runs of characters within words (Bojanowski et al. 2017,
 * "Enriching word vectors with subword information"), so that a word that training never saw is known by its parts. Languages
 * that write no spaces between words give runs of characters alone.
 */

/** Pieces are told apart by so many bits of their hash; how often each occurs is counted in as many places. */
export const TEXT_BUCKETS = 2 ** 20;

/** The pieces of one text: how often each occurs, by hash below TEXT_BUCKETS. */
export interface TextPieces {
  /** Words and pairs of words. */
  readonly words: ReadonlyMap<number, number>;
  /** Runs of characters within words. */
  readonly characters: ReadonlyMap<number, number>;
}

/** A word, or a mark. */
export const WORD = /[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]/gu;
/** A character of a script that writes no spaces between words. */
export const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
/** A mark rather than a word. */
export const MARK = /^[^\p{L}\p{M}\p{N}]/u;

/** The lengths of runs of characters, the ends of a word being one each. */
export const RUNS = [3, 4, 5] as const;
/** The lengths of runs where words are not divided by spaces. */
export const UNSPACED_RUNS = [1, 2, 3] as const;
/** Longer words are cut: they are addresses and data. */
export const LONGEST_WORD = 40;

/** The words of a text in lower case; where words are not divided by spaces, its characters. */
export function textWords(text: string): readonly string[] {
  const found = text.normalize("NFKC").toLowerCase().match(WORD) ?? [];
  return found.flatMap((word) => (MARK.test(word) ? [] : UNSPACED.test(word) ? [...word] : [word]));
}

/** Takes a text apart. Case and ways to write one character do not count. */
export function textPieces(text: string): TextPieces {
  const words = new Map<number, number>();
  const characters = new Map<number, number>();
  let before: string | undefined;
  for (const [written] of text.normalize("NFKC").toLowerCase().matchAll(WORD)) {
    const word = written.length > LONGEST_WORD ? written.slice(0, LONGEST_WORD) : written;
    if (UNSPACED.test(word)) {
      addRuns(characters, [...word], UNSPACED_RUNS);
      before = undefined;
      continue;
    }
    add(words, hashOf(word, hashOf("w")));
    if (MARK.test(word)) {
      before = undefined;
      continue;
    }
    if (before !== undefined) add(words, hashOf(`${before} ${word}`, hashOf("p")));
    before = word;
    addRuns(characters, [..."<", ...word, ">"], RUNS);
  }
  return { words, characters };
}

/** The words of a text by hash, in order; where words are not divided by spaces, its characters. Marks are words too. */
export function textTokens(text: string): readonly number[] {
  const tokens: number[] = [];
  for (const [written] of text.normalize("NFKC").toLowerCase().matchAll(WORD)) {
    const words = UNSPACED.test(written) ? [...written] : [written.slice(0, LONGEST_WORD)];
    for (const word of words) tokens.push(placeOf(hashOf(word, hashOf("w"))));
  }
  return tokens;
}

/** Counts every run of characters of these lengths, ascending; the hash of a run goes on from that of a shorter one. */
function addRuns(counts: Map<number, number>, letters: readonly string[], lengths: readonly number[]): void {
  const [shortest = 1, longest = shortest] = [lengths[0], lengths.at(-1)];
  const begin = hashOf("c");
  for (let from = 0; from + shortest <= letters.length; from++) {
    let hash = begin;
    const end = Math.min(longest, letters.length - from);
    for (let length = 1; length <= end; length++) {
      hash = hashOf(letters[from + length - 1] ?? "", hash);
      if (lengths.includes(length)) add(counts, hash);
    }
  }
}

function placeOf(hash: number): number {
  return ((hash >>> 20) ^ hash) & (TEXT_BUCKETS - 1);
}

function add(counts: Map<number, number>, hash: number): void {
  const piece = placeOf(hash);
  counts.set(piece, (counts.get(piece) ?? 0) + 1);
}

/** FNV-1a over the UTF-16 units of a text, going on from the hash of what stands before it. */
function hashOf(text: string, before = 0x811c9dc5): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
