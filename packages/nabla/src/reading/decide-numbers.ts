/** Decides a column of numbers: how they are dressed, which words are gaps, which cells do not fit. */
import { compact } from "../base/compact.ts";
import type { Notice } from "../base/notice.ts";
import { count, grouped, listing } from "../base/text.ts";
import type { NumberReading } from "../data/column-reading.ts";
import { inOneUnit } from "../data/unit-rule.ts";
import { type CellText, cellsIn } from "./cell-text.ts";
import type { DraftDecision } from "./decision.ts";
import { describeNumbers } from "./describe-reading.ts";
import { type ColumnEvidence, isPlausible, keptWords, sortUnread } from "./evidence.ts";
import { extentOf, type ValueExtent } from "./extent.ts";
import { columnOption } from "./name-hints.ts";
import { type DressChoice, decideDress, type FormedText, formedTexts, type PlainFractions } from "./number-dress.ts";
import { COUNTED_VALUES, type NumberFacts, numberCounts, spellingOf } from "./number-facts.ts";
import { areSpellingsKnown, isGroupedPlain, numberForm, numberIn, plainValue } from "./numbers.ts";
import { isCurrency, isKnownUnit } from "./units.ts";
import type { WrittenColumn } from "./written-column.ts";

/** A column tried as one of numbers. */
export interface NumberTrial {
  /** Cells that are numbers. */
  readonly good: number;
  readonly read: readonly (FormedText & { readonly value: number })[];
  /** Texts whose value the user calls missing, as -999,0. */
  readonly gaps: readonly CellText[];
  readonly unread: readonly CellText[];
  readonly choice: DressChoice;
  readonly plain: PlainFractions;
}

/** Reads all texts of a column as numbers, as far as they are some. */
export function tryNumbers(evidence: ColumnEvidence, asked?: "," | "."): NumberTrial {
  const { others, facts, column, options, given } = evidence;
  const formed = isPlausible(others, (text) => numberForm(text) !== undefined) ? formedTexts(others) : [];
  const plain = plainFractions(evidence, formed, asked);
  const choice = decideDress(formed, plain, compact({ asked, decimal: options.decimal }));
  const valued = formed.flatMap((cell) => {
    const value = numberIn(cell.form, choice.dress);
    return value === undefined ? [] : [{ ...cell, value }];
  });
  const { unit } = options;
  const read = valued
    .filter(({ value }) => !given.values.has(value))
    .map((cell) => (unit === undefined ? cell : { ...cell, value: inOneUnit(cell.value, unit) }));
  const found = new Set(valued.map(({ index }) => index));
  const misfits = pointsAsGroups(choice) && column.declared !== "number" ? plain.count - plain.groups : 0;
  return {
    good: facts.count - misfits + cellsIn(read),
    read,
    gaps: valued.filter(({ value }) => given.values.has(value)),
    unread: others.filter(({ index }) => !found.has(index)),
    choice,
    plain,
  };
}

function pointsAsGroups({ dress }: DressChoice): boolean {
  return dress.decimal === "," && dress.grouped;
}

/** Counts fractions among the plain numbers, where commas in the texts make their points doubtful. */
function plainFractions(
  { facts, column, options, given }: ColumnEvidence,
  formed: readonly FormedText[],
  asked: "," | "." | undefined,
): PlainFractions {
  const doubtful = asked === "," || options.decimal === "," || formed.some(({ form }) => /,|\..*\./.test(form.body));
  if (facts.whole || !doubtful || column.declared === "number")
    return { count: facts.whole ? 0 : facts.count, groups: 0, wholes: facts.whole ? facts.count : 0 };
  let [fractions, groups, wholes] = [0, 0, 0];
  const spelled = areSpellingsKnown(column);
  for (const [value, cells] of numberCounts(column, facts, given.values)) {
    if (Number.isInteger(value) && !/[.]/.test(spellingOf(value, column))) wholes += cells;
    else {
      fractions += cells;
      if (isGroupedPlain(spellingOf(value, column), spelled)) groups += cells;
    }
  }
  return { count: fractions, groups, wholes };
}

/** Few whole numbers beside repeated texts such as "3+" and "none of them" are the names of kinds. */
const FEW_NUMBERS = 20;
const ROWS_A_NUMBER = 5;
/** Letters that are a kind of their own among few numbers: M and XL beside 38 and 40. */
const SHORT_NAME = /^\p{Lu}{1,3}$/u;

/** With more other texts than this, whole numbers are those of tickets and labels: 17463 beside "A/5 21171". */
const MOST_OTHERS = 0.2;
const FEW_OTHERS = 5;

/** Whether a text is a number in a unit or currency that is known, whatever the others have. */
function isKnownForm(text: string): boolean {
  const form = numberForm(text);
  return form !== undefined && (form.unit === "" || isCurrency(form.unit) || isKnownUnit(form.unit));
}

/** Whether a column is one of numbers: at least half of what is known, and not names of which many are digits. */
export function areNumbers(trial: NumberTrial, evidence: ColumnEvidence): boolean {
  const { good, unread, read, gaps } = trial;
  const { known, facts } = evidence;
  if (good === 0 || good + cellsIn(gaps) < 0.5 * known) return false;
  const things = unread.filter(({ text }) => numberForm(text) !== undefined && !isKnownForm(text));
  if (cellsIn(things) > MOST_OTHERS * known || areLevels(trial, evidence)) return false;
  if (!facts.whole || read.some(({ value }) => !Number.isInteger(value))) return true;
  const others = sortUnread(unread, evidence, good).unfit.filter(({ text }) => !isKnownForm(text));
  if (others.length > FEW_OTHERS && cellsIn(others) > MOST_OTHERS * known) return false;
  const repeated = unread.filter((cell) => cell.count > 1);
  const named = repeated.filter(({ text }) => !/\d/.test(text));
  const kinds = repeated.length > named.length || named.length > 1 || named.some(({ text }) => SHORT_NAME.test(text));
  const values = facts.values === undefined ? Number.POSITIVE_INFINITY : facts.values.size + read.length;
  return !(kinds && values <= FEW_NUMBERS && good >= ROWS_A_NUMBER * values);
}

/** So few different numbers are kinds where a word stands beside them as often as they do: 10 MG, 20 MG and PLACEBO. */
const FEW_DOSES = 5;
/** Pieces of digits, as of versions, ranges and several answers: 17.0.1, 1,2,3. */
const DIGIT_PIECES = /^\d+(?:[.,;:/|_-] ?\d+)+$/;
/** Letters and digits, as of diagnoses: E11.9. */
const CODE = /^(?=.*\d)[\p{L}\d]+(?:[.,;:/|_-] ?[\p{L}\d]+)*$/u;
const MOST_PIECES = 0.05;

/**
 * Whether numbers are the names of kinds, because other names stand beside them: a word as frequent as each of a few
 * numbers, or codes that repeat, which slips do not, beside numbers that repeat.
 */
function areLevels({ good, unread, read }: NumberTrial, evidence: ColumnEvidence): boolean {
  const { facts, known } = evidence;
  if (facts.values === undefined) return false;
  const values = new Set([...facts.values.keys(), ...read.map(({ value }) => value)]).size;
  const { likely, unfit } = sortUnread(unread, evidence, good);
  const few = values <= FEW_DOSES && good >= ROWS_A_NUMBER * values;
  if (few && likely.some(({ count: cells }) => cells >= (0.5 * good) / values)) return true;
  const codes = unfit.filter(({ text }) => CODE.test(text) && (DIGIT_PIECES.test(text) || !isKnownForm(text)));
  const pieces = codes.filter(({ text }) => DIGIT_PIECES.test(text));
  const repeat = good >= 2 * values && cellsIn(codes) >= 2 * codes.length;
  return repeat && (cellsIn(codes) > MOST_OTHERS * known || cellsIn(pieces) > MOST_PIECES * known);
}

/** The decision for a column of numbers. */
export function draftNumbers(trial: NumberTrial, evidence: ColumnEvidence): DraftDecision {
  const { read, unread, choice } = trial;
  const { column, facts, clear, doubtful, options, role } = evidence;
  const { likely, unfit } = sortUnread(unread, evidence, trial.good + cellsIn(trial.gaps));
  const words = [...clear, ...doubtful, ...likely, ...trial.gaps];
  const reading = numberReading(trial, evidence, words);
  const extent = numberExtent(trial, evidence, reading);
  const infinite = Number.isFinite(facts.minimum) && Number.isFinite(facts.maximum) ? [] : infinities(evidence);
  const misfits = reading.decimal === "," && reading.grouping === "." ? ungroupedPlain(column) : [];
  return {
    reading,
    how: describe(reading, choice),
    why: `${grouped(trial.good)} of ${count(evidence.known, "cell")} that ${evidence.known === 1 ? "is" : "are"} not missing are numbers`,
    words,
    unfit: [...unfit, ...infinite, ...misfits],
    notices: noticesOf({ choice, likely, read, reading }, evidence),
    ...distinctOf(trial, evidence),
    ...(extent === undefined ? {} : { range: rangeOf(extent, reading) }),
    values: read,
    sentinels: (extent?.sentinels ?? []).map(({ value, count: cells }) => ({
      text: read.find((cell) => cell.value === value)?.text ?? spellingOf(value, column),
      count: cells,
    })),
    ...(options.as === undefined && role === "input" && isConstant(trial, evidence, words)
      ? { leftOut: "constant" as const }
      : {}),
  };
}

function isConstant(trial: NumberTrial, { column, facts }: ColumnEvidence, words: readonly CellText[]): boolean {
  const { distinct, distinctIsExact } = distinctOf(trial, { facts });
  return distinctIsExact && distinct === 1 && trial.good === column.rows && words.length === 0;
}

function distinctOf(
  { read }: NumberTrial,
  { facts }: Pick<ColumnEvidence, "facts">,
): { readonly distinct: number; readonly distinctIsExact: boolean } {
  if (facts.values === undefined || read.length > COUNTED_VALUES)
    return { distinct: Math.max(COUNTED_VALUES, read.length), distinctIsExact: false };
  const values = new Set([...facts.values.keys(), ...read.map(({ value }) => value)]);
  return { distinct: values.size, distinctIsExact: true };
}

function numberReading(
  { choice, read }: NumberTrial,
  evidence: ColumnEvidence,
  words: readonly CellText[],
): NumberReading {
  const { facts, column } = evidence;
  const { dress, grouping } = choice;
  const binary = read.length === 0 && facts.whole && facts.minimum === 0 && facts.maximum === 1;
  const grouped = dress.decimal === "," && dress.grouped ? "." : (grouping ?? undefined);
  return compact({
    as: "number" as const,
    decimal: dress.decimal === "," ? ("," as const) : undefined,
    grouping: column.declared === "number" && read.length === 0 ? undefined : grouped,
    unit: dress.unit,
    scaled: dress.scaled,
    binary: binary ? true : undefined,
    mixed: evidence.options.unit,
    missing: keptWords(words, evidence),
  });
}

/** The extent of all values of a column, plain and dressed. */
function numberExtent(
  { read }: NumberTrial,
  { column, facts, given }: ColumnEvidence,
  reading: NumberReading,
): ValueExtent | undefined {
  const value = plainValue(reading, column);
  const cells = read.map((cell) => ({ value: cell.value, count: cell.count }));
  return extentOf({ column, facts, without: given.values, cells, ...(value === undefined ? {} : { value }) });
}

function rangeOf(
  { minimum, maximum }: ValueExtent,
  { unit }: NumberReading,
): { readonly minimum: number; readonly maximum: number; readonly text: string } {
  return {
    minimum,
    maximum,
    text: `${minimum} to ${maximum}${unit === undefined ? "" : unit === "%" ? unit : ` ${unit}`}`,
  };
}

function describe(reading: NumberReading, { dress }: DressChoice): string {
  const written = describeNumbers(reading);
  if (reading.binary === true || dress.unit === undefined || reading.unit === undefined) return written;
  return `${written}, in ${reading.unit}`;
}

function infinities({ column }: ColumnEvidence): readonly CellText[] {
  const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return values.flatMap((value) => {
    const cells = column.numbers.reduce((sum, one) => (one === value ? sum + 1 : sum), 0);
    return cells === 0 ? [] : [{ text: value > 0 ? "Infinity" : "-Infinity", count: cells, index: -1 }];
  });
}

/** Plain fractions that are no thousands where points divide groups: 81.3 beside 1.234,5. */
function ungroupedPlain(column: WrittenColumn): readonly CellText[] {
  if (column.declared === "number") return [];
  const counts = new Map<string, number>();
  for (const value of column.numbers) {
    if (Number.isNaN(value) || plainValue({ as: "number", decimal: ",", grouping: "." }, column)?.(value) !== undefined)
      continue;
    const text = spellingOf(value, column);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, cells]) => ({ text, count: cells, index: -1 }));
}

/** A cell whose marks may be read otherwise: a text, or a plain number whose point may divide thousands. */
function exampleOf(
  read: NumberTrial["read"],
  reading: NumberReading,
  column: WrittenColumn,
): { readonly text: string; readonly value: number } | undefined {
  const text = read.find(({ form }) => /[.,]/.test(form.body)) ?? read[0];
  if (text !== undefined) return text;
  const meaning = plainValue(reading, column);
  const plain = column.numbers.find((value) => Number.isFinite(value) && meaning?.(value) !== value);
  const value = plain === undefined ? undefined : meaning?.(plain);
  return plain === undefined || value === undefined ? undefined : { text: spellingOf(plain, column), value };
}

interface Noticed {
  readonly choice: DressChoice;
  readonly likely: readonly CellText[];
  readonly read: NumberTrial["read"];
  readonly reading: NumberReading;
}

function noticesOf({ choice, likely, read, reading }: Noticed, { column, facts }: ColumnEvidence): readonly Notice[] {
  const { name } = column;
  const notices: Notice[] = [];
  const example = exampleOf(choice.hardly ? [] : read, reading, column);
  if (choice.ambiguous && example !== undefined) {
    const comma = choice.dress.decimal === ",";
    const other = columnOption(name, comma ? "number:point" : "number:comma");
    const mark = comma && reading.grouping !== "." ? "," : reading.grouping === "," ? "," : ".";
    const message = `column ${name}: "${example.text}" is read as ${example.value}, and ${choice.hardly ? "hardly a" : "no"} cell shows whether "${mark}" is the decimal mark; for the other reading, ${other}`;
    notices.push({ code: "data/ambiguous-number", message });
  }
  const units = choice.units.map(({ unit, count: cells }) => `${unit} (${grouped(cells)})`);
  if (choice.foreign.length > 0) {
    const message = `column ${name}: numbers in ${listing(units)} stand in one column; only those in ${reading.unit} are read, so convert the others in the file, or ${columnOption(name, "category")}`;
    notices.push({ code: "data/mixed-units", message });
  } else if (choice.converted.length > 0) {
    const message = `column ${name}: numbers in ${listing(units)} stand in one column, and all are converted to ${reading.unit}; to keep them as they are written, ${columnOption(name, "category")}`;
    notices.push({ code: "data/converted-units", message });
  } else if (reading.unit !== undefined && !isCurrency(reading.unit)) {
    const bare = bareNumbers(read, column, facts);
    if (bare !== undefined) {
      const message = `column ${name}: ${count(bare.count, "cell")} such as ${bare.text} ${bare.count === 1 ? "has" : "have"} no unit, and all are read in ${reading.unit}; correct the file, or ${columnOption(name, "category")}`;
      notices.push({ code: "data/mixed-units", message });
    }
  }
  if (likely.length > 0) notices.push(likelyMissing(name, likely, "numbers"));
  return notices;
}

/** Numbers without a unit in a column that has one; 0 is the same in all. */
function bareNumbers(
  read: NumberTrial["read"],
  column: WrittenColumn,
  facts: NumberFacts,
): { readonly text: string; readonly count: number } | undefined {
  const texts = read.filter(({ form, value }) => form.unit === "" && form.suffix === "" && value !== 0);
  const plain = column.numbers.find((value) => Number.isFinite(value) && value !== 0);
  const zeros = facts.values?.get(0) ?? 0;
  const text = plain === undefined ? texts[0]?.text : spellingOf(plain, column);
  return text === undefined
    ? undefined
    : { text, count: cellsIn(texts) + (plain === undefined ? 0 : facts.count - zeros) };
}

/** Words that repeat among numbers or dates, which are taken for missing values. */
export function likelyMissing(name: string, words: readonly CellText[], what: "numbers" | "dates" | "times"): Notice {
  const named = listing(words.map(({ text, count: cells }) => `"${text}" (${count(cells, "cell")})`));
  const message = `column ${name}: ${named} ${words.length === 1 ? "repeats" : "repeat"} among ${what} and ${words.length === 1 ? "is" : "are"} read as missing; to keep ${words.length === 1 ? "it" : "them"} as ${words.length === 1 ? "a value" : "values"}, ${columnOption(name, "category")}`;
  return { code: "data/likely-missing", message };
}
