/** Decides what a column holds, by all of its cells. */
import { count, grouped } from "../base/text.ts";
import { cellsIn } from "./cell-text.ts";
import { areNamedCodes, type CodeSign, codeSign } from "./codes.ts";
import { completeDecision } from "./complete-decision.ts";
import { draftAsked } from "./decide-asked.ts";
import { areTruthCells, type CategoryKind, draftCategory } from "./decide-categories.ts";
import { draftDates, draftTimes, tryDates, tryTimes } from "./decide-dates.ts";
import { areNumbers, draftNumbers, tryNumbers } from "./decide-numbers.ts";
import type { ColumnDecision, DecideOptions, DraftDecision } from "./decision.ts";
import { type ColumnEvidence, evidenceOf } from "./evidence.ts";
import { areIdentifiers, countsRows } from "./identifiers.ts";
import { columnOption, isNamedCode, isNamedIdentifier, isNamedTime } from "./name-hints.ts";
import { numberCounts, spellingOf } from "./number-facts.ts";
import { plainDates, spreadsheetDays } from "./plain-dates.ts";
import type { WrittenColumn } from "./written-column.ts";

/**
 * Decides what a column holds, by all of its cells, or checks what the user says that it holds. Nothing throws: cells that
 * do not fit are listed as `faults`, and what was left open is named in `notices` with the option that decides it.
 */
export function decideColumn(column: WrittenColumn, options: DecideOptions = {}): ColumnDecision {
  const evidence = evidenceOf(column, options);
  return completeDecision(options.as === undefined ? drafted(evidence) : draftAsked(evidence, options.as), evidence);
}

function drafted(evidence: ColumnEvidence): DraftDecision {
  const { column, facts, others, known, clear, doubtful } = evidence;
  if (known === 0 && clear.length + doubtful.length === 0) return empty(evidence);
  if (column.declared === "date" && facts.count > 0)
    return draftDates(
      { ...tryDates(evidence), choice: { order: "ymd", reason: "form" } },
      evidence,
      "the file says so",
    );
  if (areTruthCells(evidence)) return draftCategory(evidence, TRUTH);
  if (others.length === 0) return facts.count === 0 ? wordsAlone(evidence) : plain(evidence);
  const codes = codeSign({ name: column.name, texts: others, facts, spellings: column.spellings });
  if (codes !== undefined) return signedCodes(evidence, codes);
  return trials(evidence);
}

const TRUTH: CategoryKind = { how: "yes or no", why: "all cells mean yes or no", truth: true };
const NAMES: CategoryKind = { how: "names", why: "" };

function codeKind(how: string, why: string): CategoryKind {
  return { how, why };
}

/** Names; where half of them are numbers, that is said, with the option that makes gaps of the others. */
function named(evidence: ColumnEvidence, numbers: number): DraftDecision {
  const { known, column } = evidence;
  if (numbers < 0.5 * known) return draftCategory(evidence, NAMES);
  const message = `column ${column.name}: ${grouped(numbers)} of ${count(known, "cell")} are numbers, and the others names; to read those as missing, ${columnOption(column.name, "number")} --bad-cells missing`;
  return draftCategory(evidence, { ...NAMES, notices: [{ code: "data/mostly-numbers", message }] });
}

/** Codes that show in the cells themselves; where the name says so too there is nothing to ask. */
function signedCodes(evidence: ColumnEvidence, sign: CodeSign): DraftDecision {
  const kind = { ...codeKind(`codes with ${sign}, kept as text`, ""), coded: true };
  const { name } = evidence.column;
  const sure = sign === "underscores" || (sign === "leading zeros" && (isNamedCode(name) || isNamedIdentifier(name)));
  if (sure) return draftCategory(evidence, kind);
  const message = `column ${name}: ${sign} are read as codes; if they are quantities, ${columnOption(name, "number")}`;
  return draftCategory(evidence, { ...kind, notices: [{ code: "data/codes", message }] });
}

/** Texts, and maybe numbers beside them: times, dates or numbers where half of the cells are, and otherwise names. */
function trials(evidence: ColumnEvidence): DraftDecision {
  const { known, facts, others } = evidence;
  const times = tryTimes(evidence);
  if (times.good >= 0.5 * known) return draftTimes(times, evidence);
  const dates = tryDates(evidence);
  const serials = spreadsheetDays(evidence);
  if (dates.good + serials >= 0.5 * known && dates.good > 0 && dates.good + serials >= facts.count)
    return draftDates(
      dates,
      evidence,
      `${grouped(dates.good + serials)} of ${count(known, "cell")} that ${known === 1 ? "is" : "are"} not missing are dates`,
    );
  const numbers = tryNumbers(evidence);
  if (!areNumbers(numbers, evidence)) return named(evidence, numbers.good);
  if (isNamedCode(evidence.column.name) && facts.whole && !others.some(({ text }) => /\d[.,]\d/.test(text)))
    return draftCategory(evidence, codeKind("codes, kept as text", `the column is called ${evidence.column.name}`));
  return declaredCodes(evidence) ?? draftNumbers(numbers, evidence);
}

/** Plain numbers alone: dates, codes, identifiers or quantities. */
function plain(evidence: ColumnEvidence): DraftDecision {
  const { column, facts, role } = evidence;
  const dates = plainDates(evidence);
  if (dates !== undefined) {
    const trial = {
      good: facts.count,
      read: [],
      unread: [],
      choice: { order: dates.order, reason: "form" as const },
      firstYear: 0,
    };
    return draftDates(trial, evidence, dates.why);
  }
  const codes = declaredCodes(evidence) ?? namedCodes(evidence);
  if (codes !== undefined) return codes;
  const numbers = draftNumbers(tryNumbers(evidence), evidence);
  const counter = role === "input" && countsRows(column.name, facts, column.rows);
  return counter
    ? {
        ...numbers,
        how: "a count of the rows",
        why: `each number from ${facts.minimum} to ${facts.maximum} once`,
        leftOut: "identifier",
      }
    : numbers;
}

/** No quantity that is counted has so many digits in every row: numbers of cards, of articles and of shipments have. */
const LONG_CODE = 1e13;

/** Numbers that are codes or identifiers because the column is called so. */
function namedCodes(evidence: ColumnEvidence): DraftDecision | undefined {
  const { column, facts, role } = evidence;
  const { name } = column;
  const fixedDigits = String(facts.minimum).length === String(facts.maximum).length;
  const long = facts.minimum >= LONG_CODE && fixedDigits && !isNamedTime(name);
  if (!facts.whole || !(isNamedCode(name) || isNamedIdentifier(name) || long)) return undefined;
  const distinct = numberCounts(column, facts, evidence.given.values).size;
  if (role === "input" && areIdentifiers(name, facts, distinct) && !countsRows(name, facts, column.rows)) {
    const draft = draftCategory(evidence, { how: "identifiers", why: "", numeric: true });
    const why = `the column is called ${name}, and nearly every row has its own value: ${grouped(distinct)} in ${count(facts.count, "cell")}`;
    return {
      ...draft,
      how: "identifiers",
      why,
      reading: { as: "category", numeric: true },
      notices: [],
      leftOut: "identifier",
    };
  }
  if (!long && !areNamedCodes({ name, facts, distinct, fixedDigits })) return undefined;
  const why = long ? "all are whole numbers of the same length, of 14 digits or more" : `the column is called ${name}`;
  const kind = { ...codeKind("codes, kept as text", why), numeric: true };
  const because = long ? "of their length" : "of its name";
  const notice = `column ${name}: whole numbers are read as codes because ${because}; if they are quantities, ${columnOption(name, "number")}`;
  return draftCategory(evidence, { ...kind, notices: [{ code: "data/codes", message: notice }] });
}

/** Up to so many numbers that a file calls text are the names of kinds. */
const FEW_NAMES = 20;

/** Whole numbers that the file itself calls text, as JSON does with quotes: kinds where they are few or equally long. */
function declaredCodes(evidence: ColumnEvidence): DraftDecision | undefined {
  const { column, facts, others } = evidence;
  if (column.declared !== "text" || !facts.whole || facts.count === 0 || cellsIn(others) > 0) return undefined;
  const counts = numberCounts(column, facts, evidence.given.values);
  const lengths = new Set([...counts.keys()].map((value) => spellingOf(value, column).length));
  const fixed = lengths.size === 1 && Math.max(...lengths) >= 3;
  if (counts.size > FEW_NAMES && !fixed) return undefined;
  const message = `column ${column.name}: whole numbers that the file calls text are read as names; if they are quantities, ${columnOption(column.name, "number")}`;
  const kind = codeKind("names made of digits", "the file says that they are text");
  return draftCategory(evidence, { ...kind, notices: [{ code: "data/codes", message }] });
}

/** Nothing but words for missing values: names, where they are more than one or the column is the target. */
function wordsAlone(evidence: ColumnEvidence): DraftDecision {
  const draft = draftCategory(evidence, NAMES);
  return draft.distinct === 0
    ? { ...draft, how: "nothing", why: "every cell is a word for a missing value", leftOut: "empty" }
    : draft;
}

function empty(evidence: ColumnEvidence): DraftDecision {
  return { ...draftCategory(evidence, NAMES), how: "nothing", why: "every cell is empty", leftOut: "empty" };
}
