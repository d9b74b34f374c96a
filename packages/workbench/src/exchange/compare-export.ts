/** What was written is compared with the model before it is kept: the same rows, the file and `predict`. */
import { NablaError, type NdArray, ndarray, predict, preparedInputs, restoreTargets, type Table } from "nabla";
import { classProbabilities, temper } from "nabla/diagnose";
import { isNeutral } from "nabla/exchange";
import type { TrainedModel } from "../store/trained-model.ts";
import type { ModelFormat, Written } from "./format.ts";

/** Rows to compare on, and where they are from. */
export interface ComparedRows {
  readonly table: Table;
  readonly from: string;
}

/** How far a file is from its model. */
export interface Comparison {
  readonly rows: number;
  readonly from: string;
  /** The largest difference of a probability, or of a number in standard deviations of the target. */
  readonly difference: number;
}

/** Differences up to this come from the order in which float32 numbers are added. */
const SAID = 1e-4;
/** A file that is off by more answers other questions. */
const REFUSED = 1e-2;

/**
 * Answers of a file and of its model, compared; undefined for a format that cannot be run or read here. Throws
 * `export/differs` where they are not the same.
 */
export async function compareExport(
  format: ModelFormat,
  written: Written,
  { model, rows }: { readonly model: TrainedModel; readonly rows: ComparedRows },
): Promise<Comparison | undefined> {
  const { table, from } = rows;
  const found = await answersOfFile(format, written, { model, table });
  if (found === undefined) return undefined;
  const plain = await answersOf(model, table);
  const expected = format.calibrated === true ? tempered(plain, model.temperature) : plain;
  const difference = furthest(found, expected, model);
  if (difference <= REFUSED) return { rows: table.rows, from, difference };
  const message = `the file answers otherwise than the model: by ${difference.toPrecision(2)} on ${table.rows} rows ${from}`;
  throw new NablaError("export/differs", message, "export to another format, and report this model");
}

/** What the user should know of a comparison. */
export function comparisonNotice({ difference, rows, from }: Comparison): readonly string[] {
  if (difference <= SAID) return [];
  return [`its answers differ from the model's by up to ${difference.toPrecision(2)} on ${rows} rows ${from}`];
}

async function answersOfFile(
  { answers, read, endings, calibrated }: ModelFormat,
  written: Written,
  { model, table }: { readonly model: TrainedModel; readonly table: Table },
): Promise<NdArray | undefined> {
  const [[name, bytes] = ["", new Uint8Array(0)]] = written.files;
  const bare = model.unnamed === true && isNeutral(model.preparation);
  if (answers !== undefined && !bare) return await answers(bytes, table, model);
  if (read === undefined) return undefined;
  const sibling = (wanted: string): Promise<Uint8Array> =>
    Promise.resolve(written.files.get(wanted) ?? new Uint8Array(0));
  const found = await read({ path: name || `model${endings[0] ?? ""}`, bytes, sibling });
  if (found.kind !== "model") return undefined;
  const { trained, temperature } = found.model;
  const plain = await answersOf({ ...model, trained }, table);
  return calibrated === true ? tempered(plain, temperature) : plain;
}

function tempered(answers: NdArray, temperature: number | undefined): NdArray {
  return temperature === undefined ? answers : temper(classProbabilities(answers), temperature);
}

/** What `nabla predict` gives: probabilities of all classes, or numbers in the target's unit. */
async function answersOf({ trained, preparation }: TrainedModel, rows: Table): Promise<NdArray> {
  const { answers } = await predict(trained, preparedInputs(preparation, rows));
  const { target } = preparation;
  if (target.kind !== "classes") return restoreTargets(preparation, answers);
  if (answers.shape.at(-1) !== 1 || target.classes.length !== 2) return answers;
  const both = Float64Array.from({ length: 2 * answers.data.length }, (_, i) => {
    const second = answers.data[i >> 1] ?? Number.NaN;
    return i % 2 === 0 ? 1 - second : second;
  });
  return ndarray(both, [answers.data.length, 2]);
}

function furthest(found: NdArray, expected: NdArray, { preparation: { target } }: TrainedModel): number {
  if (found.data.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  const unit = target.kind === "number" && target.scale === undefined ? target.deviation : 1;
  let most = 0;
  for (const [i, should] of expected.data.entries()) {
    const size = target.kind === "classes" ? 1 : Math.max(unit, Math.abs(should));
    const distance = Math.abs((found.data[i] ?? Number.NaN) - should) / size;
    // what is no number in both is the same
    if (Number.isNaN(distance) && Number.isNaN(should) && Number.isNaN(found.data[i])) continue;
    most = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(most, distance);
  }
  return most;
}
