/** Rows as programs have them, and what a model answers to them, however its network is computed. */
import type { NdArray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import { isRecord } from "../base/value-type.ts";
import { inputPreparer } from "../data/apply-preparation.ts";
import type { WantedColumn } from "../data/column-reading.ts";
import { LIKELY } from "../data/joint-targets.ts";
import { type Preparation, type SoleTarget, wantedColumns } from "../data/preparation.ts";
import { type DecideCells, type RowsTable, rowReader } from "../reading/row-reader.ts";
import { type AnswerRow, answerRows, namesOf } from "./answer-rows.ts";
import { plainRows } from "./plain-rows.ts";

/** A row by the names of its columns: numbers, texts, truth values, dates; null is a missing value. */
export type Row = Readonly<Record<string, unknown>>;

/** What is predicted of one target. */
export type Prediction = string | number | AnswerRow;

/** Probabilities by the names of classes or labels. */
export type Probabilities = Readonly<Record<string, number>>;

/** Where a number lies with the probability that was asked for. */
export interface AnswerInterval {
  readonly lower: number | string;
  readonly upper: number | string;
}

/** What a model answers to a row. */
export interface Answer {
  /**
   * The class, or the number in the target's unit; a date as 2024-05-31; a list of labels; of a network with several numbers a
   * list, and of one with several targets what it predicts of each, by its name.
   */
  readonly prediction: Prediction | Readonly<Record<string, Prediction>>;
  /** Of classes and labels: the probability of each, by name; of several targets by the name of the target. */
  readonly probabilities?: Probabilities | Readonly<Record<string, Probabilities>>;
  /**
   * Where an interval was asked for: where the number lies, in the target's unit or as a date; of several targets by the name of
   * the target.
   */
  readonly interval?: AnswerInterval | Readonly<Record<string, AnswerInterval>>;
  /** Where an interval was asked for: the classes of which one is the true one; of several targets by the name of the target. */
  readonly set?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** Levels of the row that training has never seen, by column; absent where there are none. */
  readonly unknown?: Readonly<Record<string, string>>;
}

/** Rows that were read. */
export interface ReadRows {
  /** float32 [rows, features]. */
  readonly inputs: NdArray;
  /** Answers to these inputs as they are handed over: one for a row, a list for a list, with what the rows hold of unknown levels. */
  readonly reply: (answers: readonly Answer[]) => Answer | readonly Answer[];
}

/** How rows become inputs of a network, and its numbers answers. */
export interface RowAnswers {
  /** The columns that a row has, with their levels; others are ignored. */
  readonly columns: readonly WantedColumn[];
  readonly preparation: Preparation;
  /** The inputs of a row or of a list of rows. */
  readonly read: (asked: unknown) => ReadRows;
  /** What numbers [rows, outputs] mean, one answer a row. */
  readonly answersOf: (numbers: NdArray) => readonly Answer[];
}

/**
 * What a preparation makes of rows, and of a network's numbers for them; `decide` says how a column is read that came without a
 * reading. Throws `model/preparation` without one, `predict/shape` for a model of images, and `predict/series`.
 */
export function rowAnswers(
  preparation: Preparation | undefined,
  { decide }: { readonly decide: DecideCells },
): RowAnswers {
  if (preparation === undefined) {
    const message = "the model has no preparation, which says what the columns of a row become";
    throw new NablaError("model/preparation", message, "ask it with arrays: predict(trained, inputs)");
  }
  refuseBlocks(preparation);
  refuseSeries(preparation);
  const columns = wantedColumns(preparation);
  const readTable = rowReader(columns, decide);
  const inputsOf = inputPreparer(preparation);
  const plain = plainRows(preparation, columns, (column, rows) => rowReader([column], decide)(rows));
  const read = (asked: unknown): ReadRows => {
    const single = !Array.isArray(asked);
    const rows = single ? [rowIn(asked, undefined)] : asked.map(rowIn);
    const inputs = plain?.(rows);
    if (inputs !== undefined)
      return { inputs, reply: (answers) => (single ? known(answers[0], "an answer") : answers) };
    const table = readTable(rows);
    const reply = (answers: readonly Answer[]): Answer | readonly Answer[] => {
      const all = withUnknown(answers, table, columns);
      return single ? known(all[0], "an answer") : all;
    };
    return { inputs: inputsOf(table), reply };
  };
  return { columns, preparation, read, answersOf: (numbers) => answersIn(preparation, numbers) };
}

/** What numbers [rows, outputs] mean, one answer a row. */
export function answersIn(preparation: Preparation, numbers: NdArray): readonly Answer[] {
  return answerRows(preparation, numbers).map((row) => answerOf(row, preparation));
}

/** Answers that name the levels of their rows which the model does not know. */
function withUnknown(
  answers: readonly Answer[],
  { columns, unseen }: RowsTable,
  wanted: readonly WantedColumn[],
): readonly Answer[] {
  if (unseen.length === 0) return answers;
  const levelsOf = unseen.map(({ column }) => {
    const found = columns.find(({ name }) => name === column);
    const learned = wanted.find(({ name }) => name === column)?.levels?.length ?? 0;
    return (row: number): readonly (readonly [string, string])[] => {
      const code = found?.kind === "category" ? (found.codes[row] ?? -1) : -1;
      return code < learned || found?.kind !== "category" ? [] : [[column, found.levels[code] ?? ""]];
    };
  });
  return answers.map((one, row) => {
    const unknown = levelsOf.flatMap((levels) => levels(row));
    return unknown.length === 0 ? one : { ...one, unknown: Object.fromEntries(unknown) };
  });
}

/** Throws `predict/shape` for a model of images, which are no cells of a row. */
function refuseBlocks({ columns }: Preparation): void {
  const blocks = columns.filter(({ kind }) => kind === "block").map(({ name }) => name);
  if (blocks.length === 0) return;
  const message = `the model takes blocks of numbers (${listing(blocks)}), which are no cells of a row`;
  throw new NablaError("predict/shape", message, "ask it with arrays: predict(trained, inputs)");
}

/** Throws `predict/series` for a model of series, which answers with what follows its rows, and not with a value for each. */
function refuseSeries({ series, target }: Preparation): void {
  if (series === undefined) return;
  const message = `the model forecasts ${target.name} from the rows before`;
  throw new NablaError("predict/series", message, "ask it for what follows: forecastRows(model, rows, { steps })");
}

/** A value as a row. Throws `predict/row`. */
function rowIn(value: unknown, index: number | undefined): Row {
  if (isRecord(value) && !Array.isArray(value)) return value;
  const found = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  const where = index === undefined ? "" : `row ${index}: `;
  const message = `${where}expected a row by the names of its columns, found ${found}`;
  throw new NablaError("predict/row", message, 'write {"area": 120, "heating": "gas"}, or a list of such rows');
}

function answerOf(row: AnswerRow, { target }: Preparation): Answer {
  if (target.kind === "several") return jointAnswer(row, target.targets);
  const [first = "", ...rest] = row;
  if (target.kind === "number") return { prediction: rest.length === 0 ? first : row };
  return { prediction: first, probabilities: probabilitiesIn(rest, target.classes) };
}

function probabilitiesIn(cells: AnswerRow, names: readonly string[]): Probabilities {
  return Object.fromEntries(names.map((name, i) => [name, Number(cells[i])]));
}

/** The answers to several targets, by their names; labels by themselves have none. */
function jointAnswer(row: AnswerRow, targets: readonly SoleTarget[]): Answer {
  let at = 0;
  const all = targets.map((target) => {
    const names = namesOf(target);
    const [first = "", ...rest] = row.slice(at, at + 1 + names.length);
    at += 1 + names.length;
    const probabilities = probabilitiesIn(rest, names);
    const prediction = target.kind === "labels" ? likelyLabels(probabilities) : first;
    return { name: target.name, prediction, probabilities: names.length === 0 ? undefined : probabilities };
  });
  const [only] = all;
  if (only !== undefined && all.length === 1) return compact({ ...only, name: undefined });
  const given = all.flatMap(({ name, probabilities }) =>
    probabilities === undefined ? [] : [[name, probabilities] as const],
  );
  return compact({
    prediction: Object.fromEntries(all.map(({ name, prediction }) => [name, prediction])),
    probabilities: given.length === 0 ? undefined : Object.fromEntries(given),
  });
}

function likelyLabels(probabilities: Probabilities): readonly string[] {
  return Object.keys(probabilities).filter((name) => (probabilities[name] ?? 0) >= LIKELY);
}
