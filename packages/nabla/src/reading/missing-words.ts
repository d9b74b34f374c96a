/** Words that stand for a value that is not there. */
import { plainCharacters } from "./characters.ts";

/** Words that programs write for a missing value, and that name nothing else. */
const CLEAR = [
  ...["nan", "-nan", "nat", "n/a", "#n/a", "#na", "<na>", "n.a.", "n. a.", "n\\a", "\\n", "<null>", "(null)", "#null!"],
  ...["#value!", "#div/0!", "#ref!", "#num!", "#name?", "1.#qnan", "1.#ind", "-1.#ind", "1.#nan"],
  ...["not available", "not applicable", "no data", "no value", "no answer", "not known", "not recorded", "not given"],
  ...["0000-00-00", "00.00.0000", "00/00/0000", "0000-00-00 00:00:00", "0000-00-00 00:00"],
  ...["keine angabe", "k.a.", "k. a.", "(blank)", "(empty)", "[null]"],
];

/** Words that mean a missing value among numbers and dates, and that may be names among names. */
const DOUBTFUL = [
  ...["na", "none", "null", "nil", "nul", "undefined", "unknown", "unk", "missing", "blank", "empty", "void"],
  ...["-", "--", "---", "----", "_", ".", "..", "...", "…", "?", "??", "???", "*", "**", "/", "//", ":", "#", "!"],
  ...["n/d", "nd", "n.d.", "tbd", "tba", "tbc", "unbekannt", "fehlt", "ohne", "leer", "inconnu", "desconocido", "nv"],
  ...["sconosciuto", "desconhecido", "onbekend", "s/d", "sin dato", "n.v.", "n.b.", "unspecified", "not set", "unset"],
];

const clear: ReadonlySet<string> = new Set(CLEAR);
const doubtful: ReadonlySet<string> = new Set(DOUBTFUL);

/** How surely a text means that a value is missing: always, among numbers and dates, or not at all. */
export type MissingWordKind = "clear" | "doubtful" | undefined;

/** Whether a text is one of the words that stand for a missing value, in any case. */
export function missingWordKind(text: string): MissingWordKind {
  // most texts of large columns are dates and numbers: those words that start with a digit start with 0 or 1
  if (text.length > 19 || /^[2-9]/.test(text)) return undefined;
  const word = plainCharacters(text).toLowerCase();
  // a column of a spreadsheet that was too narrow
  if (/^#{3,}$/.test(word)) return "clear";
  if (word === "" || clear.has(word)) return "clear";
  // sodium is no gap, and "NAN" and "nan" are, where Nan is a name
  return doubtful.has(word) ? "doubtful" : undefined;
}

/** Whether a text that may be a name is spelled as names are: Na, Nan, Nil. */
export function isNameLike(text: string): boolean {
  return /^\p{Lu}\p{Ll}{1,2}$/u.test(text);
}

/**
 * The words that the user gave: they mean missing besides those known here; an empty one says that no word is known here,
 * so that `--missing ""` keeps every word as a value.
 */
export interface MissingWords {
  readonly words: ReadonlySet<string>;
  readonly values: ReadonlySet<number>;
  /** Whether the words known here mean missing too. */
  readonly known: boolean;
}

const PLAIN = /^-?\d+(\.\d+)?$/;
/** All numbers beyond one: `above:1000`, `below:-50`. */
const BOUND = /^(above|below):(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i;

/** Numbers that mean a missing value: single ones, and all that lie beyond a bound. */
class MissingNumbers extends Set<number> {
  readonly #least: number;
  readonly #most: number;

  constructor(numbers: Iterable<number>, { least, most }: { readonly least: number; readonly most: number }) {
    super(numbers);
    this.#least = least;
    this.#most = most;
  }

  override get size(): number {
    return super.size + Number(Number.isFinite(this.#least)) + Number(Number.isFinite(this.#most));
  }

  override has(value: number): boolean {
    return value > this.#most || value < this.#least || super.has(value);
  }
}

function boundsIn(words: readonly string[]): { readonly least: number; readonly most: number } {
  const given = words.flatMap((word) => {
    const [, side, number] = BOUND.exec(word) ?? [];
    return side === undefined ? [] : [{ above: side.toLowerCase() === "above", at: Number(number) }];
  });
  const sizes = (above: boolean): readonly number[] => given.filter((one) => one.above === above).map(({ at }) => at);
  return {
    least: Math.max(Number.NEGATIVE_INFINITY, ...sizes(false)),
    most: Math.min(Number.POSITIVE_INFINITY, ...sizes(true)),
  };
}

/**
 * The words of the user, made ready to be compared with; numbers among them are compared by value, and `above:1000` and
 * `below:-50` mean all numbers beyond.
 */
export function missingWords(given: readonly string[] = []): MissingWords {
  const words = given.map((word) => word.trim());
  const numbers = words.map(plainCharacters).filter((word) => PLAIN.test(word));
  return {
    words: new Set(words.filter((word) => word !== "")),
    values: new MissingNumbers(numbers.map(Number), boundsIn(words)),
    known: !words.includes(""),
  };
}

/** Whether a text is a word that the user gave, in its very case. */
export function isGivenWord(text: string, { words }: MissingWords): boolean {
  return words.size > 0 && words.has(text.trim());
}
