/** Answers for the rows of a file, chunk by chunk, so that a file larger than memory works. */
import { type NdArray, type Predictions, predictor, preparedInputs, restoreTargets, wantedColumns } from "nabla";
import { scan } from "../sources/scan.ts";
import type { TrainedModel } from "./trained-model.ts";

/** Predictions on their way. */
export interface PredictedFile {
  /** Columns of the file that the model does not use. */
  readonly extra: readonly string[];
  /** The names of the columns that the rows have. */
  readonly header: readonly string[];
  /** The rows as they come, some thousand at once: the prediction, then the probability of each class. */
  readonly chunks: AsyncIterable<readonly (readonly (string | number)[])[]>;
}

/**
 * Opens a file for a model; columns may stand in any order. Throws `data/missing-column` at once, and while reading what
 * is wrong with a cell.
 */
export async function predictFile({ trained, preparation }: TrainedModel, path: string): Promise<PredictedFile> {
  const source = await scan(path, { columns: wantedColumns(preparation) });
  const answer = await predictor(trained);
  const { target } = preparation;
  const extra = source.extra.filter((name) => name !== target.name);
  const classes = target.kind === "classes" ? target.classes : [];
  const header = ["prediction", ...classes.map((name) => `probability_${name}`)];
  const rowsOf = ({ answers }: Predictions): readonly (readonly (string | number)[])[] =>
    target.kind === "classes" ? classRows(answers, classes) : numberRows(restoreTargets(preparation, answers));
  async function* chunks(): AsyncGenerator<readonly (readonly (string | number)[])[], void, undefined> {
    for await (const table of source) yield rowsOf(await answer(preparedInputs(preparation, table)));
  }
  return { extra, header, chunks: { [Symbol.asyncIterator]: chunks } };
}

function numberRows({ data }: NdArray): readonly (readonly number[])[] {
  return Array.from(data, (value) => [value]);
}

function classRows({ data, shape }: NdArray, classes: readonly string[]): readonly (readonly (string | number)[])[] {
  const width = shape[1] ?? 1;
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => {
    const given = data.subarray(row * width, (row + 1) * width);
    // one output for two classes is the probability of the second
    const [second = 0] = given;
    const probabilities = width === 1 ? [1 - second, second] : [...given];
    const likeliest = probabilities.indexOf(Math.max(...probabilities));
    return [classes[likeliest] ?? "", ...probabilities];
  });
}
