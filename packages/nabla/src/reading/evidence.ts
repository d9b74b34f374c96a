/** What a column holds before it is decided: its texts by what they may be, and facts about its plain numbers. */
import { type CellText, cellsIn, cellTexts } from "./cell-text.ts";
import type { ColumnRole, CountedText, DecideOptions } from "./decision.ts";
import { isGivenWord, isNameLike, type MissingWords, missingWordKind, missingWords } from "./missing-words.ts";
import { type NumberFacts, numberFacts } from "./number-facts.ts";
import type { WrittenColumn } from "./written-column.ts";

/** A column taken apart. */
export interface ColumnEvidence {
  readonly column: WrittenColumn;
  readonly options: DecideOptions;
  readonly role: ColumnRole;
  /** About the plain numbers that the user does not call missing. */
  readonly facts: NumberFacts;
  readonly given: MissingWords;
  /** Cells that the user calls missing. */
  readonly givenCells: readonly CellText[];
  /** Words for a missing value, whatever the column. */
  readonly clear: readonly CellText[];
  /** Words for a missing value among numbers, and maybe names among names. */
  readonly doubtful: readonly CellText[];
  /** All other texts. */
  readonly others: readonly CellText[];
  /** Cells that are neither empty nor a word for a missing value. */
  readonly known: number;
}

/** Takes a column apart. */
export function evidenceOf(column: WrittenColumn, options: DecideOptions): ColumnEvidence {
  const given = missingWords(options.missing);
  const all = cellTexts(column);
  const [givenTexts, texts] = [
    all.filter(({ text }) => isGivenWord(text, given)),
    all.filter(({ text }) => !isGivenWord(text, given)),
  ];
  const kinds = texts.map(({ text }) => (given.known ? missingWordKind(text) : undefined));
  const of = (kind: "clear" | "doubtful" | undefined): readonly CellText[] => texts.filter((_, i) => kinds[i] === kind);
  const [others, clear, doubtful] = [of(undefined), of("clear"), of("doubtful")];
  const facts = numberFacts(column, given.values);
  const givenNumbers = given.values.size === 0 ? [] : numbersGiven(column, given.values);
  return {
    ...{ column, options, role: options.role ?? "input", facts, given },
    ...{ givenCells: [...givenTexts, ...givenNumbers], clear, doubtful, others },
    known: facts.count + cellsIn(others),
  };
}

function numbersGiven({ numbers, rows }: WrittenColumn, values: ReadonlySet<number>): readonly CellText[] {
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const value = numbers[row] as number;
    if (values.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ text: String(value), count, index: -1 }));
}

/** The words for missing values that a reading keeps: those found in the column, and all that the user gave. */
export function keptWords(words: readonly CountedText[], { options }: ColumnEvidence): readonly string[] | undefined {
  const kept = new Set([...(options.missing ?? []).map((word) => word.trim()), ...words.map(({ text }) => text)]);
  return kept.size === 0 ? undefined : [...kept];
}

/** Doubtful words among names are missing up to this share of the cells, and names above it. */
const RARE_WORD = 0.1;

/** The words that are missing among names: those that are nothing else, and those that are rare. */
export function missingAmongNames({ clear, doubtful, others, facts, role, column }: ColumnEvidence): {
  readonly words: readonly CellText[];
  readonly names: readonly CellText[];
} {
  if (column.declared === "text") return { words: [], names: [...clear, ...doubtful] };
  const present = facts.count + cellsIn([...others, ...doubtful]);
  const smallest = others.reduce((least, { count }) => Math.min(least, count), Number.POSITIVE_INFINITY);
  const isName = ({ text, count }: CellText): boolean => {
    if (isNameLike(text)) return true;
    const frequent = count > RARE_WORD * present;
    return role === "target"
      ? frequent || (count > 1 && count >= 0.5 * smallest && smallest < Number.POSITIVE_INFINITY)
      : frequent;
  };
  const spelled = clear.filter(({ text }) => isNameLike(text));
  return {
    words: [...clear.filter((word) => !spelled.includes(word)), ...doubtful.filter((word) => !isName(word))],
    names: [...spelled, ...doubtful.filter(isName)],
  };
}

/**
 * Texts among numbers or dates that are none: words that repeat mean missing, and all else does not fit. Where the user says
 * what the column holds and less than half of it is that (`good` cells), words are not among anything and do not fit either.
 */
export function sortUnread(
  unread: readonly CellText[],
  { given, known, options }: ColumnEvidence,
  good: number,
): {
  readonly likely: readonly CellText[];
  readonly unfit: readonly CellText[];
} {
  const among = given.known && (options.as === undefined || good >= 0.5 * known);
  const isWord = ({ text, count }: CellText): boolean => among && count > 1 && !/\d/.test(text);
  return { likely: unread.filter(isWord), unfit: unread.filter((cell) => !isWord(cell)) };
}

const SAMPLE = 1000;

/** Whether enough of very many texts pass a test that trying it on all is worth its time. */
export function isPlausible(texts: readonly CellText[], test: (text: string) => boolean): boolean {
  if (texts.length <= 10 * SAMPLE) return true;
  const step = Math.floor(texts.length / SAMPLE);
  let passed = 0;
  for (let i = 0; i < SAMPLE; i++) if (test(texts[i * step]?.text ?? "")) passed++;
  return passed > SAMPLE / 5;
}
