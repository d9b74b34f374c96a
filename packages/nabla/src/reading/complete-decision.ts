/** Adds counts, examples, places and notices to a first decision. */

import type { Notice } from "../base/notice.ts";
import { count } from "../base/text.ts";
import { cellsIn } from "./cell-text.ts";
import type { CellFault, ColumnDecision, DraftDecision, LeftOut } from "./decision.ts";
import type { ColumnEvidence } from "./evidence.ts";
import { columnOption, shellWord } from "./name-hints.ts";
import { namedCells } from "./notice-text.ts";
import { spellingOf } from "./number-facts.ts";
import { valueNotices } from "./value-notices.ts";
import { NUMBER_CELL, type WrittenColumn } from "./written-column.ts";

/** The whole decision. */
export function completeDecision(draft: DraftDecision, evidence: ColumnEvidence): ColumnDecision {
  const { column, givenCells } = evidence;
  const words = [...givenCells, ...draft.words];
  const faults = faultsIn(column, draft.unfit);
  const leftOut =
    draft.leftOut === undefined ? undefined : { reason: draft.leftOut, option: optionFor(draft, column.name) };
  return {
    ...{ name: column.name, rows: column.rows, reading: draft.reading, how: draft.how, why: draft.why },
    ...{
      examples: examplesIn(column),
      missing:
        column.rows -
        evidence.known -
        cellsIn([...evidence.clear, ...evidence.doubtful, ...givenCells]) +
        cellsIn(words) +
        (evidence.options.badCells === "missing" ? cellsIn(faults) : 0),
      missingWords: words.map(({ text, count: cells }) => ({ text, count: cells })),
    },
    ...{ distinct: draft.distinct, distinctIsExact: draft.distinctIsExact, faults },
    ...(draft.levels === undefined ? {} : { levels: draft.levels }),
    ...(draft.range === undefined ? {} : { range: draft.range }),
    notices: [
      ...draft.notices,
      ...wordNotices(draft, evidence),
      ...valueNotices(draft, evidence),
      ...faultNotices(draft, faults, evidence),
      ...leftOutNotices(draft, leftOut, evidence),
    ],
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

const EXAMPLES = 3;
const LOOKED_AT = 1000;

function examplesIn(column: WrittenColumn): readonly string[] {
  const found = new Set<string>();
  for (let row = 0; row < Math.min(column.rows, LOOKED_AT) && found.size < EXAMPLES; row++) {
    const text = cellText(column, row);
    if (text !== undefined) found.add(text);
  }
  return [...found];
}

/** A cell as it is written; undefined for an empty one. */
function cellText(column: WrittenColumn, row: number): string | undefined {
  const code = column.codes?.[row] ?? NUMBER_CELL;
  if (code !== NUMBER_CELL) return column.texts[code];
  const value = column.numbers[row] ?? Number.NaN;
  return Number.isNaN(value) ? undefined : spellingOf(value, column);
}

/** The cells that do not fit with the first row of each, in the order of these rows. */
function faultsIn(column: WrittenColumn, unfit: DraftDecision["unfit"]): readonly CellFault[] {
  if (unfit.length === 0) return [];
  const texts = new Map(unfit.map((cell) => [cell.text, cell]));
  const faults: CellFault[] = [];
  for (let row = 0; row < column.rows && texts.size > 0; row++) {
    const text = cellText(column, row);
    const cell = text === undefined ? undefined : texts.get(text);
    if (text === undefined || cell === undefined) continue;
    faults.push({ text, count: cell.count, row });
    texts.delete(text);
  }
  return faults;
}

function optionFor({ reading, leftOut }: DraftDecision, name: string): string {
  if (leftOut === "identifier" && reading.as === "number") return columnOption(name, "number");
  if (leftOut !== "constant") return columnOption(name, leftOut === "text" ? "text" : "category");
  return columnOption(name, reading.as === "date" ? `date:${reading.order}` : reading.as);
}

/** Words of nobody's choice that are read as missing. */
function wordNotices(
  draft: DraftDecision,
  { column: { name }, role, clear, doubtful }: ColumnEvidence,
): readonly Notice[] {
  const words = draft.words.filter((word) => [...clear, ...doubtful].some(({ text }) => text === word.text));
  if (words.length === 0 || draft.leftOut === "text" || draft.leftOut === "ignored") return [];
  const option = draft.reading.as === "category" ? `--missing ${shellWord("")}` : columnOption(name, "category");
  const what = role === "target" ? `, and ${count(cellsIn(words), "row")} left out` : "";
  const message = `column ${name}: ${namedCells(words, "cell")} ${words.length === 1 ? "is" : "are"} read as missing${what}; if ${words.length === 1 ? "it is a value" : "they are values"}, ${option}`;
  return [{ code: "data/missing-words", message }];
}

function faultNotices(
  { reading }: DraftDecision,
  faults: readonly CellFault[],
  { column: { name }, options }: ColumnEvidence,
): readonly Notice[] {
  if (faults.length === 0 || options.badCells !== "missing") return [];
  const message = `column ${name}: ${namedCells(faults, "cell")} ${faults.length === 1 ? "is" : "are"} no ${reading.as} and read as missing, as --bad-cells missing asks`;
  return [{ code: "data/bad-cells", message }];
}

const REASONS: Readonly<Record<LeftOut["reason"], string>> = {
  constant: "always the same value",
  identifier: "identifiers",
  text: "text",
  empty: "no value at all",
  ignored: "ignored",
};

function leftOutNotices(
  { how, why }: DraftDecision,
  leftOut: LeftOut | undefined,
  { column: { name }, role }: ColumnEvidence,
): readonly Notice[] {
  if (leftOut === undefined || role !== "input" || leftOut.reason === "ignored") return [];
  const { reason, option } = leftOut;
  const reading = reason === "constant" ? REASONS.constant : reason === "empty" ? why : `${how}, ${why}`;
  return [{ code: `data/${reason}`, message: `column ${name}: ${reading}, left out; to use it, ${option}` }];
}
