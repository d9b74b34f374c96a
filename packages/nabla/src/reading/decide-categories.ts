/** Decides a column of names: kinds, codes, yes and no, identifiers, texts. */
import { compact } from "../base/compact.ts";
import type { Notice } from "../base/notice.ts";
import { count, grouped, listing } from "../base/text.ts";
import type { CategoryReading, TextReading } from "../data/column-reading.ts";
import { type CellText, cellsIn } from "./cell-text.ts";
import type { CountedText, DraftDecision } from "./decision.ts";
import { type ColumnEvidence, keptWords, missingAmongNames } from "./evidence.ts";
import { MOST_NAMES, textUse } from "./identifiers.ts";
import { groupedBy, type LevelGroup, levelGroups, mergedKey } from "./levels.ts";
import { columnOption, shellWord } from "./name-hints.ts";
import { namedCells, rareClasses } from "./notice-text.ts";
import { numberCounts, spellingOf } from "./number-facts.ts";
import { type Prose, proseIn } from "./prose.ts";
import { areTruths, isUntrue } from "./truth.ts";

/** How a category is called and why, where that is known before its cells are looked at. */
export interface CategoryKind {
  readonly how: string;
  readonly why: string;
  /** Its cells are read as yes and no, as far as they mean that. */
  readonly truth?: boolean;
  /** Numbers of one value are one level. */
  readonly numeric?: boolean;
  /** What the user is told; nothing by default. */
  readonly notices?: readonly Notice[];
  /** Its cells show that they are codes, which name kinds or groups as soon as some repeat. */
  readonly coded?: boolean;
  /** Every name is kept, however many there are: the user said so, or the column is the target or groups rows. */
  readonly kept?: boolean;
}

/** All cells of a column that are names: texts, words that are names here, and plain numbers as they are spelled. */
function namesIn(evidence: ColumnEvidence): {
  readonly names: readonly CountedText[];
  readonly words: readonly CellText[];
} {
  const { column, facts, given, others } = evidence;
  const found = missingAmongNames(evidence);
  const numbers = facts.count === 0 ? [] : [...numberCounts(column, facts, given.values)];
  const spelled = numbers.map(([value, cells]) => ({ text: spellingOf(value, column), count: cells }));
  return { names: [...others, ...found.names, ...spelled], words: found.words };
}

/** Yes and no have no more spellings than this. */
const MOST_TRUTHS = 64;

/** Whether a column holds yes and no: words of one pair, and 1 and 0 beside them. */
export function areTruthCells({ facts, others, column }: ColumnEvidence): boolean {
  if (facts.count > 0 && !(facts.whole && facts.minimum >= 0 && facts.maximum <= 1)) return false;
  if (others.length === 0 || others.length > MOST_TRUTHS) return false;
  return column.declared === "boolean" || areTruths(others.map(({ text }) => text));
}

/** The decision for a column of names. */
export function draftCategory(evidence: ColumnEvidence, kind: CategoryKind): DraftDecision {
  const { column, options, role, others } = evidence;
  const { names, words } = namesIn(evidence);
  const reading: CategoryReading = compact({
    as: "category" as const,
    truth: kind.truth === true ? true : undefined,
    numeric: kind.numeric === true ? true : undefined,
    merged: options.mergeCase === true ? true : undefined,
    missing: keptWords(words, evidence),
  });
  const present = cellsIn(names);
  const kept = kind.kept === true || role !== "input";
  // millions of texts are not grouped to learn that they are too many
  const manyTexts = !kept && others.length > MOST_NAMES && reading.merged !== true;
  const levels = manyTexts ? [] : levelGroups(names, reading);
  const distinct = manyTexts ? names.length : levels.length;
  const repeat = kind.coded === true && !manyTexts && distinct < MOSTLY_OWN * present && distinct <= MOST_NAMES;
  const use = kept || repeat ? "category" : textUse(column.name, names, { present, distinct });
  const base = { words, unfit: [], distinct, distinctIsExact: true };
  const prose = use === "identifier" || kept || repeat ? undefined : proseIn(names, { present, distinct });
  if (prose !== undefined) return { ...base, ...draftTexts(evidence, reading, prose) };
  if (use !== "category") {
    const reason = use === "identifier" ? "identifier" : "text";
    const values = `${grouped(distinct)} in ${count(present, "cell")}`;
    const [how, why] =
      use === "identifier"
        ? ["identifiers", `nearly every row has its own value: ${values}`]
        : ["text", `different texts: ${values}`];
    const text: TextReading = compact({ as: "text" as const, missing: reading.missing });
    return { ...base, reading: text, how, why, notices: kind.notices ?? [], leftOut: reason };
  }
  const unfit = kind.truth === true && options.as === "boolean" ? names.filter(({ text }) => isUntrue(text)) : [];
  const constant = levels.length === 1 && present === column.rows && options.as === undefined && role === "input";
  return {
    ...base,
    reading,
    how: kind.how,
    why: kind.why === "" ? `${count(levels.length, "different name")} in ${count(present, "cell")}` : kind.why,
    unfit,
    notices: [...(kind.notices ?? []), ...levelNotices(levels, evidence, reading), ...wordNotices(evidence, names)],
    levels: levels
      .filter(({ spellings }) => !spellings.every(({ text }) => unfit.some((cell) => cell.text === text)))
      .map(({ text, count: cells }) => ({ text, count: cells })),
    ...(constant ? { leftOut: "constant" as const } : {}),
  };
}

/** Texts whose words are learned from. */
function draftTexts(
  { column: { name } }: ColumnEvidence,
  { missing }: CategoryReading,
  { words, repeats }: Prose,
): Pick<DraftDecision, "reading" | "how" | "why" | "notices"> {
  const [each, times] = [words, repeats].map((number) => Number(number.toPrecision(2)));
  const why = `${each} words in a cell, and each word in ${times} texts on average`;
  const message = `column ${name}: texts, ${why}: learned from by words and parts of words; to leave it out, ${columnOption(name, "ignore")}`;
  return {
    reading: compact({ as: "text" as const, missing }),
    how: "texts",
    why,
    notices: [{ code: "data/words", message }],
  };
}

/** With a larger share of different codes most rows have their own. */
const MOSTLY_OWN = 0.6;
const MANY_LEVELS = 50;
const MOST_NAMED = 5;

function levelNotices(
  levels: readonly LevelGroup[],
  { column: { name }, role }: ColumnEvidence,
  reading: CategoryReading,
): readonly Notice[] {
  const notices: Notice[] = [];
  const alike = reading.merged === true ? [] : similarLevels(levels);
  if (alike.length > 0) {
    const shown = alike.slice(0, MOST_NAMED).map((group) => listing(group.map(({ text }) => `"${text}"`)));
    const message = `column ${name}: ${shown.join("; ")} differ only in case, spaces or a final period; merge them with --merge-case`;
    notices.push({ code: "data/similar-levels", message, remedy: { mergeCase: true } });
  }
  if (role === "target") notices.push(...rareClasses(name, levels));
  else if (role === "input" && levels.length > MANY_LEVELS) {
    const message = `column ${name}: ${grouped(levels.length)} different names; if there is nothing to learn from them, ${columnOption(name, "ignore")}`;
    notices.push({ code: "data/many-levels", message });
  }
  const joined = levels.filter(({ spellings }) => spellings.length > 1);
  if (reading.truth === true && joined.length > 0) {
    const shown = joined.map(({ spellings }) => listing(spellings.map(({ text }) => `"${text}"`)));
    const message = `column ${name}: ${shown.join("; ")} are read as one, since they mean the same; to keep them apart, ${columnOption(name, "category")}`;
    notices.push({ code: "data/joined-levels", message });
  }
  return notices;
}

/** Levels that careless spelling alone tells apart, in groups. */
function similarLevels(levels: readonly LevelGroup[]): readonly (readonly LevelGroup[])[] {
  const groups = groupedBy(levels, ({ text }) => mergedKey(text));
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Words that elsewhere mean missing, and are names here. */
function wordNotices(
  { column: { name, declared }, role, clear, doubtful }: ColumnEvidence,
  names: readonly CountedText[],
): readonly Notice[] {
  if (role !== "target" || declared === "text") return [];
  const kept = [...clear, ...doubtful].filter((word) => names.includes(word));
  if (kept.length === 0) return [];
  const [first] = kept;
  const message = `column ${name}: ${namedCells(kept, "row")} ${kept.length === 1 ? "is" : "are"} read as ${kept.length === 1 ? "a class" : "classes"}; if ${kept.length === 1 ? "it means" : "they mean"} that the class is missing, --missing ${shellWord(first?.text ?? "")}`;
  return [{ code: "data/word-class", message }];
}
